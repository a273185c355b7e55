import type { Span, SpanStyle } from "../../../src/model/index.ts";

/** How WhatsApp writes a style; underline has no mark there, and a link is its address. */
const MARKS: Readonly<Partial<Record<SpanStyle, string>>> = {
  bold: "*",
  italic: "_",
  strike: "~",
  code: "`",
};

/** Something to write at a place of the text. Closing ones come before opening ones. */
interface Mark {
  readonly at: number;
  readonly text: string;
  /** Among those at one place: small ones first. */
  readonly rank: number;
}

/**
 * The text with WhatsApp's marks around what is styled. A style whose marks would mean nothing there falls away (in the middle of
 * a word); over several lines each gets marks of its own. A link whose words don't show its address gets it in parentheses.
 */
export function marksOfContent(text: string, spans: readonly Span[]): string {
  const fitting = spans.filter((span) => fits(text, span));
  const isInCode = (span: Span, order: number) =>
    fitting.some((one, at) => {
      const isCode = one.style === "code" || one.style === "codeBlock";
      const isSame = one.start === span.start && one.end === span.end;
      return isCode && one.start <= span.start && span.end <= one.end && (isSame ? at < order : true);
    });
  // Of two styles of the same words, the one that opens first closes last.
  const marks = fitting
    .filter((span, order) => !isInCode(span, order))
    .flatMap((span, order) =>
      marksOf(text, span).map((mark) => ({ ...mark, rank: mark.rank * (1 + order / 1e6) })),
    );
  let result = "";
  let done = 0;
  for (const mark of marks.toSorted((a, b) => a.at - b.at || a.rank - b.rank)) {
    result += text.slice(done, mark.at) + mark.text;
    done = mark.at;
  }
  return result + text.slice(done);
}

function fits(text: string, { start, end }: Span): boolean {
  return Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= text.length;
}

function marksOf(text: string, span: Span): Mark[] {
  switch (span.style) {
    case "codeBlock":
      if (text.slice(span.start, span.end).includes("```")) return [];
      return isAloneOnItsLines(text, span) ? around(span, "```\n", "\n```") : inline(text, span, "```");
    case "quote":
      return isAloneOnItsLines(text, span) ? lineStarts(text, span) : [];
    case "link":
      return linkMarks(text, span);
    case "underline":
      return [];
    default:
      return linesOf(text, span).flatMap((line) => inline(text, line, MARKS[span.style] ?? ""));
  }
}

/** Marks around the words of a stretch, without the spaces at its edges; none where they would stand inside of a word. */
function inline(text: string, span: Span, mark: string): Mark[] {
  const words = text.slice(span.start, span.end);
  const start = span.start + (words.length - words.trimStart().length);
  const end = span.end - (words.length - words.trimEnd().length);
  if (start >= end || isWord(text[start - 1]) || isWord(text[end])) return [];
  if (words.includes(mark)) return [];
  return around({ ...span, start, end }, mark, mark);
}

/** Of several around the same place, longer stretches open first and close last. */
function around({ start, end }: Span, open: string, close: string): Mark[] {
  const length = end - start;
  return [
    { at: start, text: open, rank: 1 / length },
    { at: end, text: close, rank: -1 / length },
  ];
}

function lineStarts(text: string, span: Span): Mark[] {
  return linesOf(text, span, true).map(({ start }) => ({ at: start, text: "> ", rank: 0 }));
}

/** The parts of a stretch that stand on one line each. */
function linesOf(text: string, span: Span, withEmpty = false): Span[] {
  const lines: Span[] = [];
  let start = span.start;
  for (const line of text.slice(span.start, span.end).split("\n")) {
    if (line !== "" || withEmpty) lines.push({ ...span, start, end: start + line.length });
    start += line.length + 1;
  }
  return lines;
}

function linkMarks(text: string, { start, end, href }: Span): Mark[] {
  if (href === undefined || bare(text.slice(start, end)) === bare(href)) return [];
  return [{ at: end, text: ` (${href.replace(/^mailto:/, "")})`, rank: -2 }];
}

/** An address without what people leave out: scheme, `www.` and a final slash. */
function bare(address: string): string {
  const lower = address.trim().toLowerCase();
  return lower
    .replace(/^(https?:\/\/|mailto:)/, "")
    .replace(/^www\./, "")
    .replace(/\/$/, "");
}

function isAloneOnItsLines(text: string, { start, end }: Span): boolean {
  return (start === 0 || text[start - 1] === "\n") && (end === text.length || text[end] === "\n");
}

function isWord(char: string | undefined): boolean {
  return char !== undefined && /[\p{L}\p{N}]/u.test(char);
}
