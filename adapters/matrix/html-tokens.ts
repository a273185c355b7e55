import { decodeEntities } from "./html-entities.ts";

/** A piece of markup. Texts are as they stand in the source, character references and all. */
export type HtmlToken =
  | { readonly kind: "text"; readonly raw: string }
  | { readonly kind: "open"; readonly name: string; readonly attributes: ReadonlyMap<string, string> }
  | { readonly kind: "close"; readonly name: string };

/** Elements whose content is no text of the message. */
const RAW = new Set(["script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"]);
const TAG_NAME = /^[a-z][a-z0-9:-]*/i;

/**
 * Splits HTML into tokens; never throws, and takes time in proportion to the length. A `<` that begins no tag is text, as in
 * browsers (HTML, section 13.2.5.6); comments, declarations and the content of `script` and its like are left out.
 */
export function* htmlTokens(html: string): Generator<HtmlToken> {
  let at = 0;
  let textFrom = 0;
  while (at < html.length) {
    const start = html.indexOf("<", at);
    if (start === -1) break;
    const end = endOfMarkup(html, start);
    if (end === undefined) {
      at = start + 1;
      continue;
    }
    if (start > textFrom) yield { kind: "text", raw: html.slice(textFrom, start) };
    const token = tagOf(html.slice(start + 1, end - 1));
    at = end;
    if (token?.kind === "open" && RAW.has(token.name)) at = endOfRaw(html, end, token.name);
    else if (token !== undefined) yield token;
    textFrom = at;
  }
  if (textFrom < html.length) yield { kind: "text", raw: html.slice(textFrom) };
}

/** The position after the `>` that ends the markup which begins at `start`, or undefined when none begins there. */
function endOfMarkup(html: string, start: number): number | undefined {
  if (html.startsWith("<!--", start)) {
    const end = html.indexOf("-->", start + 4);
    return end === -1 ? html.length + 1 : end + 3;
  }
  const next = html[start + 1] ?? "";
  if (next === "!" || next === "?") {
    const end = html.indexOf(">", start);
    return end === -1 ? html.length + 1 : end + 1;
  }
  const nameAt = next === "/" ? start + 2 : start + 1;
  if (!/[a-z]/i.test(html[nameAt] ?? "")) return undefined;
  return endOfTag(html, nameAt);
}

function endOfTag(html: string, from: number): number {
  let quote = "";
  for (let at = from; at < html.length; at++) {
    const char = html[at] ?? "";
    if (quote !== "") {
      if (char === quote) quote = "";
    } else if (char === ">") {
      return at + 1;
    } else if ((char === '"' || char === "'") && html[at - 1] === "=") {
      quote = char;
    }
  }
  return html.length + 1; // a tag that never ends swallows the rest, as in browsers
}

function endOfRaw(html: string, from: number, name: string): number {
  const pattern = new RegExp(`</${name}`, "gi"); // the name is one of RAW
  pattern.lastIndex = from;
  const close = pattern.exec(html);
  if (close === null) return html.length;
  const end = html.indexOf(">", close.index);
  return end === -1 ? html.length : end + 1;
}

/** The tag between `<` and `>`, or undefined for comments and declarations. */
function tagOf(inner: string): HtmlToken | undefined {
  const isClose = inner.startsWith("/");
  const name = TAG_NAME.exec(isClose ? inner.slice(1) : inner)?.[0];
  if (name === undefined) return undefined;
  if (isClose) return { kind: "close", name: name.toLowerCase() };
  return { kind: "open", name: name.toLowerCase(), attributes: attributesOf(inner.slice(name.length)) };
}

const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;

function attributesOf(source: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (!source.includes("=")) return found;
  for (const [, name = "", double, single, bare] of source.matchAll(ATTRIBUTE)) {
    const key = name.toLowerCase();
    if (!found.has(key)) found.set(key, decodeEntities(double ?? single ?? bare ?? ""));
  }
  return found;
}
