import { assertNever, type Content, type Span } from "../../../src/model/index.ts";

/** What a phone shows of a content, or undefined for what SMS can't carry. Styles fall away; a link keeps its address. */
export function renderText(content: Content): string | undefined {
  switch (content.kind) {
    case "text":
      return withAddresses(content.text, content.spans ?? []);
    case "notice":
      return content.text;
    case "unbridgeable":
      return undefined;
    default:
      return assertNever(content);
  }
}

/** The text with the address of each link in parentheses behind it, where the link's own words don't show it. */
function withAddresses(text: string, spans: readonly Span[]): string {
  const links = spans.flatMap(({ style, start, end, href }) =>
    style === "link" && href !== undefined && !says(text.slice(start, end), href) ? [{ end, href }] : [],
  );
  let result = "";
  let done = 0;
  for (const { end, href } of links.toSorted((a, b) => a.end - b.end)) {
    result += `${text.slice(done, end)} (${href.replace(/^mailto:/, "")})`;
    done = end;
  }
  return result + text.slice(done);
}

/** Whether words are an address themselves: the same but for scheme, `www.` and a final slash. */
function says(words: string, href: string): boolean {
  const bare = (address: string) =>
    address
      .trim()
      .toLowerCase()
      .replace(/^(https?:\/\/|mailto:)/, "")
      .replace(/^www\./, "")
      .replace(/\/$/, "");
  return bare(words) === bare(href);
}
