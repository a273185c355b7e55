import type { Span, SpanStyle } from "../../src/model/index.ts";
import { escapeHtml } from "./html-entities.ts";
import { bridgeableLink } from "./links.ts";

const TAGS: Readonly<Record<Exclude<SpanStyle, "link">, readonly [open: string, close: string]>> = {
  bold: ["<strong>", "</strong>"],
  italic: ["<em>", "</em>"],
  underline: ["<u>", "</u>"],
  strike: ["<del>", "</del>"],
  code: ["<code>", "</code>"],
  codeBlock: ["<pre><code>", "\n</code></pre>"],
  quote: ["<blockquote>", "</blockquote>"],
};

interface Node {
  readonly span: Span;
  readonly children: Node[];
}

/**
 * Writes a text with spans as HTML for `formatted_body`, or undefined when nothing in it is styled. Spans that don't fit (out
 * of range, crossing, a block that doesn't fill its lines, a link elsewhere than http, https, mailto) lose their style,
 * never their text.
 */
export function htmlOfContent(text: string, spans: readonly Span[]): string | undefined {
  const roots = nested(spans.filter((span) => fits(text, span)));
  return roots.length === 0 ? undefined : render(text, 0, text.length, roots, false);
}

function fits(text: string, { start, end, style, href }: Span): boolean {
  if (
    !(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= text.length)
  ) {
    return false;
  }
  if (style === "link") return bridgeableLink(href) !== undefined;
  if (style !== "quote" && style !== "codeBlock") return true;
  const isAtStart = start === 0 || text[start - 1] === "\n";
  const isAtEnd = end === text.length || text[end] === "\n";
  return isAtStart && isAtEnd;
}

/** Spans as trees; one that crosses another is left out. */
function nested(spans: readonly Span[]): Node[] {
  const roots: Node[] = [];
  const path: Node[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    while (path.length > 0 && (path.at(-1)?.span.end ?? 0) <= span.start) path.pop();
    const parent = path.at(-1);
    if (parent !== undefined && span.end > parent.span.end) continue;
    const node: Node = { span, children: [] };
    (parent?.children ?? roots).push(node);
    path.push(node);
  }
  return roots;
}

function render(text: string, from: number, to: number, nodes: readonly Node[], isPre: boolean): string {
  let html = "";
  let at = from;
  for (const { span, children } of nodes) {
    html += plain(text, at, span.start, { from, to, isPre });
    html += element(text, span, children, isPre);
    at = span.end;
    const isBlock = span.style === "quote" || (span.style === "codeBlock" && !isPre);
    if (isBlock && at < to && text[at] === "\n") at += 1; // the block's own end is the line break
  }
  return html + plain(text, at, to, { from, to, isPre });
}

function element(text: string, span: Span, children: readonly Node[], isPre: boolean): string {
  const isInnerPre = isPre || span.style === "codeBlock";
  const inner = render(text, span.start, span.end, children, isInnerPre);
  if (span.style === "link") return `<a href="${escapeHtml(span.href ?? "")}">${inner}</a>`;
  if (isPre && (span.style === "codeBlock" || span.style === "code" || span.style === "quote")) return inner;
  const [open, close] = TAGS[span.style];
  return open + inner + close;
}

/** The element that a stretch of text stands in: where it begins and ends in the text. */
interface Element {
  readonly from: number;
  readonly to: number;
  readonly isPre: boolean;
}

/** A stretch of the text; white space that HTML would swallow, or a reader put outside of its element, stays. */
function plain(text: string, from: number, to: number, around: Element): string {
  const piece = text.slice(from, to);
  if (around.isPre) return escapeHtml(piece);
  if (!/[ \t\r\f\n]/.test(piece)) return escapeHtml(piece);
  let html = "";
  for (let at = from; at < to; at++) {
    const char = text[at] ?? "";
    if (char === " " && isSwallowed(text, at)) html += "&nbsp;";
    else if (char === " " && (at === around.from || at === around.to - 1)) html += "&#32;";
    else html += WHITE_SPACE[char] ?? char.replace(/[&<>"']/, escapeHtml);
  }
  return html;
}

const WHITE_SPACE: Readonly<Record<string, string>> = {
  "\n": "<br>",
  "\t": "&#9;",
  "\r": "&#13;",
  "\f": "&#12;",
};

/** A space at the edge of a line, or after another one. */
function isSwallowed(text: string, at: number): boolean {
  const before = text[at - 1] ?? "\n";
  const after = text[at + 1] ?? "\n";
  return before === " " || before === "\n" || after === "\n";
}
