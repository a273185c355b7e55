import type { Span, SpanStyle } from "../../src/model/index.ts";
import { type OpenSpan, TextBuilder } from "./html-text.ts";
import { type HtmlToken, htmlTokens } from "./html-tokens.ts";
import { bridgeableLink } from "./links.ts";

/** Elements that style a stretch of text; all others show their content as it is. */
const STYLES: Readonly<Record<string, SpanStyle>> = {
  b: "bold",
  strong: "bold",
  h1: "bold",
  h2: "bold",
  h3: "bold",
  h4: "bold",
  h5: "bold",
  h6: "bold",
  i: "italic",
  em: "italic",
  u: "underline",
  ins: "underline",
  s: "strike",
  del: "strike",
  strike: "strike",
  code: "code",
  tt: "code",
  pre: "codeBlock",
  blockquote: "quote",
};
/** Elements that begin on a line of their own; 2 leaves an empty line around them. */
const BLOCKS: Readonly<Record<string, number>> = {
  p: 2,
  h1: 2,
  h2: 2,
  h3: 2,
  h4: 2,
  h5: 2,
  h6: 2,
  div: 1,
  blockquote: 1,
  pre: 1,
  ul: 1,
  ol: 1,
  li: 1,
  table: 1,
  tr: 1,
  details: 1,
  summary: 1,
  hr: 1,
};
const VOID = new Set(["br", "hr", "img", "input", "wbr", "area", "base", "col", "embed", "link", "meta"]);
/** The depth that the specification asks clients to keep to (m.room.message msgtypes, "HTML"). */
const MAX_DEPTH = 100;

interface Frame {
  readonly name: string;
  readonly span?: OpenSpan;
  /** The number of the next item, in an ordered list. */
  next?: number;
}

/** Reads `formatted_body` (`org.matrix.custom.html`) into a plain text with spans. Never throws. */
export function contentOfHtml(html: string): { readonly text: string; readonly spans: readonly Span[] } {
  const reader = new HtmlReader();
  for (const token of htmlTokens(html)) reader.take(token);
  return reader.result();
}

class HtmlReader {
  readonly #text = new TextBuilder();
  readonly #frames: Frame[] = [];
  #tooDeep = 0;
  /** How many `mx-reply` are open: the quote that a reply repeats for old clients. */
  #inReply = 0;
  #pre = 0;
  #preJustOpened = false;

  take(token: HtmlToken): void {
    if (token.kind === "text") this.#addText(token.raw);
    else if (token.name === "mx-reply")
      this.#inReply = Math.max(0, this.#inReply + (token.kind === "open" ? 1 : -1));
    else if (this.#inReply > 0) return;
    else if (token.kind === "open") this.#openElement(token.name, token.attributes);
    else this.#closeElement(token.name);
  }

  result(): { readonly text: string; readonly spans: readonly Span[] } {
    return this.#text.result();
  }

  #addText(raw: string): void {
    if (this.#inReply > 0) return;
    const isFirst = this.#preJustOpened && raw.startsWith("\n"); // HTML drops the line break after <pre>
    this.#text.addRaw(isFirst ? raw.slice(1) : raw, this.#pre > 0);
    this.#preJustOpened = false;
  }

  #openElement(name: string, attributes: ReadonlyMap<string, string>): void {
    if (VOID.has(name)) {
      this.#voidElement(name, attributes);
      return;
    }
    if (this.#frames.length >= MAX_DEPTH) {
      this.#tooDeep += 1;
      return;
    }
    const lines = BLOCKS[name];
    if (lines !== undefined) this.#text.block(name === "p" && this.#isIn("li") ? 1 : lines);
    const frame: Frame = this.#styled(name, attributes);
    this.#frames.push(frame);
    if (name === "ol") frame.next = startOf(attributes.get("start"));
    if (name === "li") this.#bullet();
    if (name === "td" || name === "th") this.#text.addRaw(" ", false);
    if (name === "pre") {
      this.#pre += 1;
      this.#preJustOpened = true;
    }
  }

  #styled(name: string, attributes: ReadonlyMap<string, string>): Frame {
    if (name === "a") {
      const href = bridgeableLink(attributes.get("href"));
      return href === undefined ? { name } : { name, span: this.#text.open("link", href) };
    }
    const style = STYLES[name];
    if (style === undefined || (style === "code" && this.#pre > 0)) return { name };
    return { name, span: this.#text.open(style) };
  }

  #voidElement(name: string, attributes: ReadonlyMap<string, string>): void {
    if (name === "br") this.#text.lineBreak();
    else if (name === "img") this.#text.addVisible(attributes.get("alt") ?? attributes.get("title") ?? "");
    else if (name === "hr") this.#text.block(1);
  }

  #bullet(): void {
    const list = this.#frames.findLast(({ name }) => name === "ol" || name === "ul");
    if (list?.next === undefined) this.#text.addMarker("- ");
    else this.#text.addMarker(`${list.next++}. `);
  }

  #closeElement(name: string): void {
    if (this.#tooDeep > 0) {
      this.#tooDeep -= 1;
      return;
    }
    const at = this.#frames.findLastIndex((frame) => frame.name === name);
    if (at === -1) return;
    for (const frame of this.#frames.splice(at).reverse()) this.#leave(frame);
  }

  #leave({ name, span }: Frame): void {
    if (name === "pre") {
      this.#pre -= 1;
      this.#preJustOpened = false;
      this.#text.dropLineBreak(); // the one before </pre> is markup
    }
    if (span !== undefined) this.#text.close(span);
    const lines = BLOCKS[name];
    if (lines !== undefined) this.#text.block(name === "p" && this.#isIn("li") ? 1 : lines);
  }

  #isIn(name: string): boolean {
    return this.#frames.some((frame) => frame.name === name);
  }
}

function startOf(value: string | undefined): number {
  const start = Number.parseInt(value ?? "", 10);
  return Number.isSafeInteger(start) && Math.abs(start) < 1_000_000 ? start : 1;
}
