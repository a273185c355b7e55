import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { type Line, linesOf } from "./transcript.ts";

/** Where a transcript is played: people who write to the bridge and to each other, on whatever networks they are. */
export interface Stage {
  writes(who: string, place: string, text: string): Promise<void>;
  /** Puts a reaction on the newest message in their chat with the bridge that begins so. */
  reacts(who: string, emoji: string, to: string): Promise<void>;
  /** All that somebody was ever shown, by place, oldest first. */
  shown(who: string): ReadonlyMap<string, readonly string[]>;
  people: readonly string[];
  /** Lets time go by. */
  waits(days: number, minutes: number): Promise<void>;
}

/** What the placeholders of a transcript stand for. */
export type Bindings = Map<string, string>;

const FORMS: Readonly<Record<string, string>> = {
  code: "[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{2}",
  name: "[A-Z][a-z]+ [A-Z][a-z]+",
  day: "\\d{1,2} [A-Z][a-z]{2}(?: \\d{4})?",
  time: "\\d\\d:\\d\\d(?: tomorrow)?",
};

/** How long something may take that has to come. */
const PATIENCE = 5_000;

/**
 * Plays a transcript, line by line, and checks every word that anybody reads: nothing may be missing, nothing may be there that
 * the transcript doesn't have. Gives what its placeholders stood for.
 */
export async function play(stage: Stage, transcript: string, known: Bindings = new Map()): Promise<Bindings> {
  const bound: Bindings = new Map(known);
  const read = new Map<string, number>();
  for (const person of stage.people)
    for (const [place, texts] of stage.shown(person)) read.set(`${person} ${place}`, texts.length);
  for (const line of linesOf(transcript)) await step(stage, line, bound, read);
  await wait(150);
  expect(unread(stage, read)).toEqual([]);
  return bound;
}

async function step(stage: Stage, line: Line, bound: Bindings, read: Map<string, number>): Promise<void> {
  switch (line.kind) {
    case "writes":
      return stage.writes(line.who, filled(line.place, bound), filled(line.text, bound));
    case "reacts":
      return stage.reacts(line.who, line.emoji, filled(line.to, bound));
    case "waits":
      return stage.waits(line.days, line.minutes);
    case "reads":
      return reads(stage, { ...line, place: filled(line.place, bound) }, bound, read);
  }
}

async function reads(
  stage: Stage,
  { who, place, text }: Extract<Line, { kind: "writes" | "reads" }>,
  bound: Bindings,
  read: Map<string, number>,
): Promise<void> {
  const key = `${who} ${place}`;
  const at = read.get(key) ?? 0;
  const found = (): string | undefined => stage.shown(who).get(place)?.[at];
  for (const end = Date.now() + PATIENCE; found() === undefined && Date.now() < end; ) await wait(5);
  const said = found();
  if (said === undefined)
    throw new Error(`${who} (${place}) never read: ${text}\nunread: ${unread(stage, read).join(" | ")}`);
  bind(text, said, bound);
  expect(`${key} <- ${said}`).toBe(`${key} <- ${filled(text, bound)}`);
  read.set(key, at + 1);
}

function unread(stage: Stage, read: ReadonlyMap<string, number>): string[] {
  return stage.people.flatMap((who) =>
    [...stage.shown(who)].flatMap(([place, texts]) =>
      texts.slice(read.get(`${who} ${place}`) ?? 0).map((text) => `${who} [${place}] <- ${text}`),
    ),
  );
}

const PLACEHOLDER = /\{([a-z]+)(\d*)\}/g;

/** What is read for the first time says what it stands for. */
function bind(text: string, said: string, bound: Bindings): void {
  const names: string[] = [];
  const pattern = filled(text, bound)
    .split(/(\{[a-z]+\d*\})/)
    .map((part) => {
      const [, form = "", number = ""] = /^\{([a-z]+)(\d*)\}$/.exec(part) ?? [];
      const known = FORMS[form];
      if (known === undefined) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      const name = form + number;
      if (names.includes(name)) return `\\k<${name}>`;
      names.push(name);
      return `(?<${name}>${known})`;
    })
    .join("");
  const { groups } = new RegExp(`^${pattern}$`).exec(said) ?? {};
  for (const [name, value] of Object.entries(groups ?? {})) bound.set(name, value);
}

function filled(text: string, bound: Bindings): string {
  return text
    .replace(PLACEHOLDER, (whole, form: string, number: string) => bound.get(form + number) ?? whole)
    .replace(/\{CODE(\d*)\}/g, (whole, number: string) =>
      (bound.get(`code${number}`) ?? whole).toUpperCase().replaceAll("-", " "),
    );
}
