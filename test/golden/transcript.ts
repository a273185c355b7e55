// Transcripts as people read them. A line says who writes (`->`) or reads (`<-`) what, and where if it isn't the bridge's own
// chat with them: `seller [Amber Fox · bike] <- hi`. What follows indented belongs to the same text. What else they do there:
//   `+> 👍 Request 1`      a reaction to the newest message that begins so
//   `~> yes => no`         changes the newest text of theirs that begins so
//   `>> hi => hello`       answers the newest message that begins so, quoting it
//   `x> yes`               takes back the newest text of theirs that begins so
//   `=> Ana · bike`        nothing: they see that this place is called so from now on
//   `!> encrypts`          their client encrypts what they write here: from now on, or where they write first from the beginning
//   `!> leaves`            leaves this room; what is said there they read only when they are asked in again
// Beside people, there are
//   `-- 7 days`            time goes by
//   `-- phones: away`      what happens to texts to phones from now on; `-- whatsapp: away` to those on WhatsApp
// `{code}`, `{link}`, `{name}`, `{day}`, `{time}` stand for what nobody knows before: the first time they are read binds them,
// also with a number behind (`{name2}`). `{CODE}` is a code as somebody types it who saw it on paper. `{seller}` is what is
// shown of somebody's address to themselves: two characters of it.

import { DAY, HOUR, MINUTE, type Milliseconds } from "../../src/model/time.ts";

/** The networks that transcripts can have trouble with: of phones that text, and WhatsApp. */
export type Troubled = "phones" | "whatsapp";

/** A network of phones: it takes texts, is away, refuses them for good, or takes them and doesn't say so. */
export type PhonesAre = "fine" | "away" | "no route" | "silent";

/** What somebody does to a message, which is found by its first words. */
export type Deed =
  | { readonly kind: "reaction"; readonly emoji: string }
  | { readonly kind: "edit" | "reply"; readonly text: string }
  | { readonly kind: "delete" };

/** What somebody does to a place. */
export type Act = "encrypts" | "leaves";

/** One line of a transcript. */
export type Line =
  | { readonly kind: "writes" | "reads"; readonly who: string; readonly place: string; readonly text: string }
  | {
      readonly kind: "does";
      readonly who: string;
      readonly place: string;
      readonly deed: Deed;
      readonly to: string;
    }
  | { readonly kind: "acts"; readonly who: string; readonly place: string; readonly act: Act }
  | { readonly kind: "renamed"; readonly who: string; readonly place: string; readonly now: string }
  | { readonly kind: "waits"; readonly span: Milliseconds }
  | { readonly kind: "phones"; readonly on: Troubled; readonly are: PhonesAre };

/** The place in which people talk to the bridge itself. */
export const BRIDGE = "the bridge";

const SPANS: Readonly<Record<string, Milliseconds>> = { day: DAY, hour: HOUR, minute: MINUTE };
const PHONES: readonly PhonesAre[] = ["fine", "away", "no route", "silent"];
const ACTS: readonly Act[] = ["encrypts", "leaves"];

/** Reads a transcript. @throws when a line of it can't be read. */
export function linesOf(transcript: string): readonly Line[] {
  return wholeLines(transcript).map(lineOf);
}

/** The lines of a transcript with what belongs to the same text. */
export function wholeLines(transcript: string): readonly string[] {
  const whole: string[] = [];
  for (const line of transcript.split("\n")) {
    const isMore = /^\s{2,}\S/.test(line) && whole.length > 0;
    if (isMore) whole.push(`${whole.pop()}\n${line.trim()}`);
    else if (line.trim() !== "") whole.push(line.trim());
  }
  return whole;
}

function lineOf(line: string): Line {
  return waitOf(line) ?? phonesOf(line) ?? whoOf(line) ?? unreadable(line);
}

function unreadable(line: string): never {
  throw new SyntaxError(`a transcript has a line that nobody can read: ${line}`);
}

function waitOf(line: string): Line | undefined {
  const [, amount, unit = ""] = /^-- (\d+) (day|hour|minute)s?$/.exec(line) ?? [];
  return amount === undefined ? undefined : { kind: "waits", span: Number(amount) * (SPANS[unit] ?? 0) };
}

function phonesOf(line: string): Line | undefined {
  const [, on, said] = /^-- (phones|whatsapp): (.+)$/.exec(line) ?? [];
  const are = PHONES.find((each) => each === said);
  return are && { kind: "phones", on: on === "whatsapp" ? on : "phones", are };
}

function whoOf(line: string): Line | undefined {
  const found = /^(\w+) *(?:\[([^\]]+)\])? *(->|<-|\+>|~>|>>|x>|!>|=>) ?(.*)$/s.exec(line);
  const [, who, place = BRIDGE, arrow, rest] = found ?? [];
  if (who === undefined || rest === undefined) return undefined;
  switch (arrow) {
    case "->":
      return { kind: "writes", who, place, text: rest };
    case "<-":
      return { kind: "reads", who, place, text: rest };
    case "=>":
      return { kind: "renamed", who, place, now: rest };
    case "!>": {
      const act = ACTS.find((each) => each === rest);
      return act && { kind: "acts", who, place, act };
    }
    case "x>":
      return { kind: "does", who, place, deed: { kind: "delete" }, to: rest };
    case "+>": {
      const [, emoji, to] = /^(\S+) (.+)$/.exec(rest) ?? [];
      if (emoji === undefined || to === undefined) return undefined;
      return { kind: "does", who, place, deed: { kind: "reaction", emoji }, to };
    }
    default: {
      const [, to, text] = /^(.+?) => (.+)$/s.exec(rest) ?? [];
      if (to === undefined || text === undefined) return undefined;
      return { kind: "does", who, place, deed: { kind: arrow === "~>" ? "edit" : "reply", text }, to };
    }
  }
}
