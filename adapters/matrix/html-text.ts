import type { Span, SpanStyle } from "../../src/model/index.ts";
import { decodeEntities } from "./html-entities.ts";

/** A span that was opened and has no visible character yet, or has some and isn't closed. */
interface OpenSpan {
  readonly style: SpanStyle;
  readonly href?: string;
  start: number;
  readonly order: number;
}

/**
 * Builds a plain text with spans from pieces of HTML: white space collapses as in a browser, blocks begin on lines of their
 * own, and a span reaches from its first visible character to its last.
 */
export class TextBuilder {
  #text = "";
  #space = false;
  #newlines = 0;
  #isAfterMarker = false;
  #order = 0;
  readonly #open: OpenSpan[] = [];
  readonly #spans: (Span & { readonly order: number })[] = [];

  /** Text of an element's content; `isPre` keeps its white space. */
  addRaw(raw: string, isPre: boolean): void {
    if (isPre) {
      this.addVisible(decodeEntities(raw));
      return;
    }
    for (const piece of raw.split(/([ \t\n\r\f]+)/)) {
      if (piece === "") continue;
      if (/^[ \t\n\r\f]/.test(piece)) this.#space = true;
      else this.addVisible(decodeEntities(piece));
    }
  }

  /** Text that is shown as it is. */
  addVisible(text: string): void {
    if (text === "") return;
    this.#flush();
    this.#isAfterMarker = false;
    for (const span of this.#open) if (span.start < 0) span.start = this.#text.length;
    this.#text += text;
  }

  /** A list item's bullet or number; a block that the item begins with stays on its line. */
  addMarker(text: string): void {
    this.addVisible(text);
    this.#isAfterMarker = true;
  }

  /** A line break of its own. */
  lineBreak(): void {
    this.#space = false;
    this.addVisible("\n");
  }

  /** The next character begins at least `lines` lines further down (1: on a new line, 2: after an empty one). */
  block(lines: number): void {
    this.#space = false;
    if (this.#text === "" || this.#isAfterMarker) return;
    const there = this.#text.endsWith("\n\n") ? 2 : this.#text.endsWith("\n") ? 1 : 0;
    this.#newlines = Math.max(this.#newlines, lines - there);
  }

  /** Begins a span; give what comes back to `close`. */
  open(style: SpanStyle, href?: string): OpenSpan {
    const span: OpenSpan = {
      style,
      ...(href === undefined ? {} : { href }),
      start: -1,
      order: this.#order++,
    };
    this.#open.push(span);
    return span;
  }

  /** Ends a span, and those that were opened in it. */
  close(span: OpenSpan): void {
    const from = this.#open.indexOf(span);
    if (from === -1) return;
    for (const ended of this.#open.splice(from).reverse()) this.#end(ended);
  }

  /** Cuts one line break from the end of a block whose source ends with one that is no text. */
  dropLineBreak(): void {
    if (!this.#text.endsWith("\n")) return;
    this.#text = this.#text.slice(0, -1);
    const length = this.#text.length;
    for (let at = this.#spans.length - 1; at >= 0; at--) {
      const span = this.#spans[at];
      if (span === undefined || span.end <= length) return; // they stand in the order of their ends
      this.#spans[at] = { ...span, end: length };
    }
  }

  /** What came of it; spans in the order in which they were opened. */
  result(): { readonly text: string; readonly spans: readonly Span[] } {
    const outermost = this.#open[0];
    if (outermost !== undefined) this.close(outermost);
    const spans = this.#spans
      .filter((span) => span.end > span.start)
      .sort((a, b) => a.start - b.start || b.end - a.end || a.order - b.order)
      .map(({ order: _, ...span }) => span);
    return { text: this.#text, spans };
  }

  #flush(): void {
    if (this.#newlines > 0) this.#text += "\n".repeat(this.#newlines);
    else if (this.#space && this.#text !== "" && !this.#text.endsWith("\n")) this.#text += " ";
    this.#newlines = 0;
    this.#space = false;
  }

  #end({ style, href, start, order }: OpenSpan): void {
    if (start < 0) return;
    this.#spans.push({
      start,
      end: this.#text.length,
      style,
      ...(href === undefined ? {} : { href }),
      order,
    });
  }
}

export type { OpenSpan };
