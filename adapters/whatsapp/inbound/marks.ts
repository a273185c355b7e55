import type { Content, Span, SpanStyle } from "../../../src/model/index.ts";

// WhatsApp writes styles as marks in the text: *bold*, _italic_, ~strike~, `code`, ```code over lines``` and lines that begin
// with "> ". A mark counts where it stands outside of a word, right at the words that it holds, and within one line.

const STYLES: Readonly<Record<string, SpanStyle>> = { "*": "bold", _: "italic", "~": "strike" };
const FENCE = "```";
/** Marks inside of an address are part of it; those at its end aren't. */
const ADDRESS = /https?:\/\/[^\s]*[^\s*_~`.,;:!?)\]}>'"]/gy;

/** The text that is shown for a text with marks, and its styles. */
export function contentOfMarks(marked: string): Content {
  const page = new Page();
  let from = 0;
  for (const { open, close } of fences(marked)) {
    page.lines(marked.slice(from, open));
    from = close + FENCE.length;
    const code = marked.slice(open + FENCE.length, close);
    page.fenced(code, from === marked.length || marked[from] === "\n");
  }
  page.lines(marked.slice(from));
  return page.content;
}

/** What stands between fences, where that isn't nothing; by hand, since a pattern takes minutes for some texts. */
function* fences(marked: string): Generator<{ readonly open: number; readonly close: number }> {
  const last = marked.lastIndexOf(FENCE);
  let open = marked.indexOf(FENCE);
  while (open >= 0) {
    const inside = open + FENCE.length;
    const close = marked.indexOf(FENCE, inside + 1);
    const solid = marked.slice(inside).search(/\S/);
    if (close < 0 || solid < 0 || inside + solid >= last) return;
    yield { open, close };
    open = marked.indexOf(FENCE, close + FENCE.length);
  }
}

/** What was read so far. */
class Page {
  #text = "";
  readonly #spans: Span[] = [];

  get content(): Content {
    const text = this.#text;
    // Outer ones first, as they were opened.
    const spans = this.#spans
      .filter(({ start, end }) => start < end)
      .toSorted((a, b) => a.start - b.start || b.end - a.end);
    return spans.length === 0 ? { kind: "text", text } : { kind: "text", text, spans };
  }

  get #isAtLineStart(): boolean {
    return this.#text === "" || this.#text.endsWith("\n");
  }

  /** Code between fences. It is a block where it has its lines for itself. */
  fenced(code: string, isAtLineEnd: boolean): void {
    const isBlock = this.#isAtLineStart && isAtLineEnd;
    const inner = isBlock ? code.replace(/^\n/, "").replace(/\n$/, "") : code;
    this.#styled(isBlock ? "codeBlock" : "code", () => this.#add(inner));
  }

  lines(marked: string): void {
    let quote: number | undefined;
    for (const [at, line] of marked.split("\n").entries()) {
      const isQuote = (at > 0 || this.#isAtLineStart) && line.startsWith("> ");
      if (quote !== undefined && !isQuote) {
        this.#spans.push({ start: quote, end: this.#text.length, style: "quote" });
        quote = undefined;
      }
      if (at > 0) this.#text += "\n";
      if (isQuote) quote ??= this.#text.length;
      this.#line(isQuote ? line.slice(2) : line);
    }
    if (quote !== undefined) this.#spans.push({ start: quote, end: this.#text.length, style: "quote" });
  }

  #line(line: string): void {
    const closings = new Closings(line);
    for (let at = 0; at < line.length; ) {
      const address = addressAt(line, at);
      const end = address === undefined ? closings.of(at) : undefined;
      if (address !== undefined) {
        this.#text += address;
        at += address.length;
      } else if (end === undefined) {
        this.#text += line[at] ?? "";
        at += 1;
      } else {
        const inner = line.slice(at + 1, end);
        const style = STYLES[line[at] ?? ""];
        if (style === undefined) this.#styled("code", () => this.#add(inner));
        else this.#styled(style, () => this.#line(inner));
        at = end + 1;
      }
    }
  }

  #add(text: string): void {
    this.#text += text;
  }

  #styled(style: SpanStyle, write: () => void): void {
    const start = this.#text.length;
    const place = this.#spans.length;
    write();
    // Before those inside of it.
    this.#spans.splice(place, 0, { start, end: this.#text.length, style });
  }
}

/**
 * Where the stretches of one line end. What nothing closed isn't looked for once more behind that place: without this a text
 * that somebody makes for it takes hours.
 */
class Closings {
  readonly #line: string;
  /** From where on nothing closes a mark. */
  readonly #unclosed = new Map<string, number>();

  constructor(line: string) {
    this.#line = line;
  }

  /** Where the stretch ends whose opening mark stands at `open`; undefined when none stands there or nothing closes it. */
  of(open: number): number | undefined {
    const line = this.#line;
    const mark = line[open] ?? "";
    if (mark !== "`" && STYLES[mark] === undefined) return undefined;
    if (isWord(line[open - 1]) || !isSolid(line[open + 1]) || line[open + 1] === mark) return undefined;
    if (open >= (this.#unclosed.get(mark) ?? line.length)) return undefined;
    for (let at = open + 1; at < line.length; at += 1) {
      if (line[at] === mark && isSolid(line[at - 1]) && !isWord(line[at + 1]) && at > open + 1) return at;
      if (mark === "`") continue;
      const code = line[at] === "`" ? this.of(at) : undefined;
      at = code ?? at + (addressAt(line, at)?.length ?? 1) - 1;
    }
    this.#unclosed.set(mark, open);
    return undefined;
  }
}

function addressAt(line: string, at: number): string | undefined {
  if (line[at] !== "h" || isWord(line[at - 1])) return undefined;
  ADDRESS.lastIndex = at;
  return ADDRESS.exec(line)?.[0];
}

function isWord(char: string | undefined): boolean {
  return char !== undefined && /[\p{L}\p{N}]/u.test(char);
}

function isSolid(char: string | undefined): boolean {
  return char !== undefined && !/\s/.test(char);
}
