import { readFileSync } from "node:fs";
import { sensitive } from "../../model/sensitive.ts";
import { CommandFailed, EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import { type Given, KEYS, type Key, type Tools } from "./answers.ts";
import { QUESTIONS, type Question } from "./questions.ts";

/** What was given on the command line, by key. */
export type Flags = Readonly<Partial<Record<Key, string>>>;

/** How the questions are answered. */
interface Conversation {
  readonly io: Pick<Io, "ask" | "err" | "out">;
  readonly flags: Flags;
  readonly tools: Tools;
  /** Nothing is asked: what isn't given is as it is by itself. */
  readonly yes: boolean;
}

/** The option's name alone: `--server-name`. */
export function flagName({ flag }: Question): string {
  return flag.split(" ", 1)[0] ?? flag;
}

/**
 * Has all questions answered, by the command line first. On the terminal a wrong answer is said to be wrong and asked again.
 * @throws CommandFailed when an option is wrong, or when nobody can be asked and something is missing: all of it is named
 */
export async function converse(conversation: Conversation): Promise<Given> {
  const { io, flags, tools, yes } = conversation;
  let given: Given = {};
  const missing: Key[] = [];
  for (const key of KEYS) {
    const question = QUESTIONS[key];
    const option = flags[key];
    const { needs, settled, preset, words } = question;
    const isIdle = needs !== undefined && given[needs]?.expose() === "";
    let value: string | undefined;
    if (option !== undefined) {
      if (isIdle) throw wrongOption(question, `it needs ${flagName(QUESTIONS[needs])}`);
      value = await byOption(question, option, given, conversation);
    } else if (isIdle) value = "";
    else value = settled?.(given, tools);
    if (value === undefined && (yes || words === undefined)) {
      const own = await preset?.(given, tools);
      value = own === undefined ? undefined : await byPreset(question, own, given, conversation);
    } else value ??= await byAsking(question, words ?? "", given, conversation);
    if (value === undefined) missing.push(key);
    else given = { ...given, [key]: sensitive(value) };
  }
  if (missing.length === 0) return given;
  const names = missing.map((key) => flagName(QUESTIONS[key])).join(", ");
  io.err(`footbridge: missing: ${names}`);
  throw new CommandFailed(
    EXIT.usage,
    `nothing was written: give ${missing.length === 1 ? "it" : "them"}, or leave --yes out and be asked`,
  );
}

function wrongOption(question: Question, why: string): CommandFailed {
  return new CommandFailed(EXIT.usage, `${flagName(question)}: ${why}`);
}

async function byOption(
  question: Question,
  option: string,
  given: Given,
  { tools, io }: Conversation,
): Promise<string> {
  const text = question.hidden === true ? contentOf(question, option) : option.trim();
  const verdict = await question.check(text, given, tools);
  if ("wrong" in verdict) throw wrongOption(question, verdict.wrong);
  if (verdict.doubt !== undefined) io.err(`warning: ${flagName(question)}: ${verdict.doubt}`);
  return verdict.value;
}

/** A secret stands in a file: on the command line every user of the machine could read it. */
function contentOf(question: Question, path: string): string {
  try {
    return readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch {
    throw wrongOption(question, "a file that this user may read is expected");
  }
}

/** What is taken because nothing was said: a doubt is said, and something wrong needs an option. */
async function byPreset(
  question: Question,
  own: string,
  given: Given,
  { tools, io }: Conversation,
): Promise<string> {
  const verdict = await question.check(own, given, tools);
  if ("wrong" in verdict) throw wrongOption(question, `found ${own} by itself: ${verdict.wrong}`);
  if (verdict.doubt !== undefined) io.err(`warning: ${flagName(question)}: ${verdict.doubt}`);
  return verdict.value;
}

async function byAsking(
  question: Question,
  words: string,
  given: Given,
  { tools, io }: Conversation,
): Promise<string> {
  const { check, preset, hidden } = question;
  const own = await preset?.(given, tools);
  const shown = own === undefined || own === "" ? "" : ` [${own}]`;
  for (;;) {
    const typed = await asked(io, `${words}${shown}: `, hidden);
    const text = hidden === true ? typed : typed.trim();
    const verdict =
      text === "" && own === undefined
        ? { wrong: "an answer is expected" }
        : await check(text === "" ? (own ?? "") : text, given, tools);
    if ("wrong" in verdict) io.out(`  Not that: ${verdict.wrong}.`);
    else if (verdict.doubt === undefined || (await isMeant(io, verdict.doubt))) return verdict.value;
  }
}

/** Whether a likely mistake is none. */
function isMeant(io: Pick<Io, "ask">, doubt: string): Promise<boolean> {
  return agrees(io, `  ${doubt[0]?.toUpperCase()}${doubt.slice(1)}. Take it all the same? [y/N] `, false);
}

/** Asks for a yes or a no; Enter alone is `preset`. @throws CommandFailed where nobody can be asked */
export async function agrees(io: Pick<Io, "ask">, words: string, preset: boolean): Promise<boolean> {
  for (;;) {
    const answer = (await asked(io, words)).trim();
    if (answer === "") return preset;
    if (/^y(?:es)?$/i.test(answer)) return true;
    if (/^no?$/i.test(answer)) return false;
  }
}

async function asked(io: Pick<Io, "ask">, words: string, hidden = false): Promise<string> {
  const answer = await io.ask?.(words, hidden);
  if (answer !== undefined) return answer;
  throw new CommandFailed(
    EXIT.usage,
    "nobody can be asked here: add --yes, with what is needed as options (--help lists them)",
  );
}
