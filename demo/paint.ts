// Text for a terminal: colours where they are wanted, and widths as terminals show them.

/** Colours, or nothing where there is no terminal or NO_COLOR is set (https://no-color.org). */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  green(text: string): string;
  red(text: string): string;
  cyan(text: string): string;
  yellow(text: string): string;
}

export function createPaint(isWanted: boolean): Paint {
  const by = (code: number, end: number) => (text: string) =>
    isWanted && text !== "" ? `\u001b[${code}m${text}\u001b[${end}m` : text;
  return {
    bold: by(1, 22),
    dim: by(2, 22),
    green: by(32, 39),
    red: by(31, 39),
    cyan: by(36, 39),
    yellow: by(33, 39),
  };
}

const GRAPHEMES = new Intl.Segmenter("en", { granularity: "grapheme" });
const WIDE =
  /\p{Emoji_Presentation}|\uFE0F|[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60]/u;

/** How many columns a text takes: two for an emoji, one for the rest of what the demo shows. */
export function width(text: string): number {
  let columns = 0;
  for (const { segment } of GRAPHEMES.segment(text)) columns += WIDE.test(segment) ? 2 : 1;
  return columns;
}

/** Fills up with spaces on the right. */
export function pad(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - width(text)));
}

/** Breaks a text between its words; a word that is too long stands alone. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && width(longer) > columns) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** Milliseconds as people read them: `4 ms`, `1.3 s`. */
export function took(ms: number): string {
  if (Number.isNaN(ms)) return "-";
  return ms < 1_000 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** A wall-clock time with seconds. */
export function clockTime(at: number): string {
  return new Date(at).toLocaleTimeString("en-GB", { hour12: false });
}

/** Octets: `812 B`, `14.2 KB`. */
export function size(octets: number): string {
  if (octets < 1_000) return `${octets} B`;
  return octets < 1e6 ? `${(octets / 1e3).toFixed(1)} KB` : `${(octets / 1e6).toFixed(1)} MB`;
}
