import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import type { Milliseconds } from "../../src/model/time.ts";
import { type Act, type Deed, type Line, linesOf, type PhonesAre, type Troubled } from "./transcript.ts";

/** A message as somebody sees it. */
export interface Seen {
  readonly text: string;
  /** When it was written, as they see it. */
  readonly at: number;
}

/** Where a transcript is played: people who write to the bridge and to each other, on whatever networks they are. */
export interface Stage {
  readonly people: readonly string[];
  /** What is known before anybody wrote: what is shown of each person's address, and `day`, 30 days from now. */
  readonly known: Bindings;
  /** What the numbers of the transcripts are called here. */
  readonly numbers: ReadonlyMap<string, string>;
  /** How long something may take that has to come. */
  readonly patience: Milliseconds;
  /** What somebody writes is taken in when this resolves. */
  writes(who: string, place: string, text: string): Promise<void>;
  /** Does something to the newest message there that begins so. */
  does(who: string, place: string, deed: Deed, to: string): Promise<void>;
  /** Does something to a place; the bridge knows of it when this resolves. */
  acts(who: string, place: string, act: Act): Promise<void>;
  /** How a text looks where they read it. */
  looks(who: string, text: string): string;
  /** All that somebody was ever shown, by place, oldest first. */
  shown(who: string): ReadonlyMap<string, readonly Seen[]>;
  /** Lets time go by. */
  waits(span: Milliseconds): Promise<void>;
  phones(on: Troubled, are: PhonesAre): Promise<void>;
  /** Nothing is under way any more, and everybody sees all that there is. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** What the placeholders of a transcript stand for. */
export type Bindings = ReadonlyMap<string, string>;

const FORMS: Readonly<Record<string, string>> = {
  code: "[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{2}",
  link: "\\d{4} \\d{4}",
  name: "[A-Z][a-z]+ [A-Z][a-z]+",
  day: "\\d{1,2} [A-Z][a-z]{2}(?: \\d{4})?",
  time: "\\d\\d:\\d\\d(?: tomorrow)?",
};

/**
 * Plays a transcript, line by line, and checks every word that anybody reads: nothing may be missing, nothing may be there that
 * the transcript doesn't have. Gives what its placeholders stood for.
 */
export async function play(
  stage: Stage,
  transcript: string,
  known: Bindings = stage.known,
): Promise<Bindings> {
  const bound = new Map(known);
  const read = new Map<string, number>();
  for (const person of stage.people)
    for (const [place, texts] of stage.shown(person)) read.set(keyOf(person, place), texts.length);
  for (const line of linesOf(localised(stage, transcript))) await step(stage, line, bound, read);
  await stage.settled();
  expect(unread(stage, read)).toEqual([]);
  return bound;
}

function localised({ numbers }: Stage, transcript: string): string {
  return [...numbers].reduce((text, [number, here]) => text.replaceAll(number, here), transcript);
}

type Bound = Map<string, string>;

async function step(stage: Stage, line: Line, bound: Bound, read: Map<string, number>): Promise<void> {
  const at = "place" in line ? filled(line.place, bound) : "";
  switch (line.kind) {
    case "writes":
      return stage.writes(line.who, at, filled(line.text, bound));
    case "does":
      return stage.does(line.who, at, said(line.deed, bound), filled(line.to, bound));
    case "acts":
      return stage.acts(line.who, at, line.act);
    case "waits":
      return stage.waits(line.span);
    case "phones":
      return stage.phones(line.on, line.are);
    case "renamed":
      return renamed(stage, line.who, { from: at, to: filled(line.now, bound) }, read);
    case "reads":
      return reads(stage, { ...line, place: at }, bound, read);
  }
}

function said(deed: Deed, bound: Bindings): Deed {
  return "text" in deed ? { ...deed, text: filled(deed.text, bound) } : deed;
}

interface Reading {
  readonly who: string;
  readonly place: string;
  readonly text: string;
}

async function reads(
  stage: Stage,
  { who, place, text: written }: Reading,
  bound: Bound,
  read: Map<string, number>,
): Promise<void> {
  const key = keyOf(who, place);
  const text = stage.looks(who, filled(written, bound));
  const at = read.get(key) ?? 0;
  const said = await patiently(stage, () => stage.shown(who).get(place)?.[at]?.text);
  if (said === undefined)
    throw new Error(`${key} never read: ${text}\nunread: ${unread(stage, read).join(" | ")}`);
  bind(text, said, bound);
  expect(`${key} <- ${said}`).toBe(`${key} <- ${filled(text, bound)}`);
  read.set(key, at + 1);
}

async function renamed(
  stage: Stage,
  who: string,
  { from, to }: { readonly from: string; readonly to: string },
  read: Map<string, number>,
): Promise<void> {
  const isSo = await patiently(stage, () => stage.shown(who).has(to) || undefined);
  if (isSo === undefined) throw new Error(`${keyOf(who, from)} was never called ${to}`);
  read.set(keyOf(who, to), read.get(keyOf(who, from)) ?? 0);
  read.delete(keyOf(who, from));
}

async function patiently<T>({ patience }: Stage, look: () => T | undefined): Promise<T | undefined> {
  for (const end = Date.now() + patience; look() === undefined && Date.now() < end; ) await wait(5);
  return look();
}

function unread(stage: Stage, read: ReadonlyMap<string, number>): string[] {
  return stage.people.flatMap((who) =>
    [...stage.shown(who)].flatMap(([place, texts]) =>
      texts.slice(read.get(keyOf(who, place)) ?? 0).map(({ text }) => `${keyOf(who, place)} <- ${text}`),
    ),
  );
}

function keyOf(who: string, place: string): string {
  return `${who} [${place}]`;
}

const PLACEHOLDER = /\{([a-z]+)(\d*)\}/g;

/** What is read for the first time says what it stands for. */
function bind(text: string, said: string, bound: Bound): void {
  const names: string[] = [];
  const pattern = filled(text, bound)
    .split(/(\{[a-z]+\d*\}|\{(?:CODE|LINK)\d*\})/)
    .map((part) => {
      if (/^\{[A-Z]/.test(part)) return "[0-9A-Z ]+"; // as another one in the same text is typed
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
    .replace(/\{(CODE|LINK)(\d*)\}/g, (whole, form: string, number: string) => {
      const shown = bound.get(`${form.toLowerCase()}${number}`);
      if (shown === undefined) return whole;
      return form === "CODE" ? shown.toUpperCase().replaceAll("-", " ") : shown.replace(" ", "");
    });
}
