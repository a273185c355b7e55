// Transcripts as people read them. A line says who writes (`->`) or reads (`<-`) what, and where if it isn't the bridge's own
// chat with them: `seller [Amber Fox · bike] <- hi`. What follows indented belongs to the same text.
//   `seller +> 👍 Request 1`  a reaction to the newest message that begins so
//   `-- 7 days`               time goes by
// `{code}`, `{name}`, `{day}`, `{time}` stand for what nobody knows before: the first time they are read binds them, also with
// a number behind (`{name2}`). `{CODE}` is a code as somebody types it who saw it on paper.

/** One line of a transcript. */
export type Line =
  | { readonly kind: "writes" | "reads"; readonly who: string; readonly place: string; readonly text: string }
  | { readonly kind: "reacts"; readonly who: string; readonly emoji: string; readonly to: string }
  | { readonly kind: "waits"; readonly days: number; readonly minutes: number };

/** The place in which people talk to the bridge itself. */
export const BRIDGE = "the bridge";

const ARROWS = { "->": "writes", "<-": "reads" } as const;

/** Reads a transcript. @throws when a line of it can't be read. */
export function linesOf(transcript: string): readonly Line[] {
  const whole: string[] = [];
  for (const line of transcript.split("\n")) {
    const isMore = /^\s{2,}\S/.test(line) && whole.length > 0;
    if (isMore) whole.push(`${whole.pop()}\n${line.trim()}`);
    else if (line.trim() !== "") whole.push(line.trim());
  }
  return whole.map(lineOf);
}

function lineOf(line: string): Line {
  const [, amount, unit] = /^-- (\d+) (day|minute)s?$/.exec(line) ?? [];
  if (amount !== undefined)
    return {
      kind: "waits",
      days: unit === "day" ? Number(amount) : 0,
      minutes: unit === "day" ? 0 : Number(amount),
    };
  const [, reactor, emoji, to] = /^(\w+) +\+> (\S+) (.+)$/.exec(line) ?? [];
  if (reactor !== undefined && emoji !== undefined && to !== undefined)
    return { kind: "reacts", who: reactor, emoji, to };
  const [, who, place, arrow, text] = /^(\w+) *(?:\[([^\]]+)\])? *(->|<-) ?(.*)$/s.exec(line) ?? [];
  if (who === undefined || text === undefined || (arrow !== "->" && arrow !== "<-"))
    throw new SyntaxError(`a transcript has a line that nobody can read: ${line}`);
  return { kind: ARROWS[arrow], who, place: place ?? BRIDGE, text };
}
