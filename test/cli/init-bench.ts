import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Places } from "../../src/cli/init/find.ts";
import { type InitOptions, init } from "../../src/cli/init/init.ts";
import type { Io } from "../../src/cli/io.ts";
import { errorSentence } from "../../src/cli/sentence.ts";
import { adapters } from "../../src/daemon.ts";

/** What somebody types, in order; a pair is what the question has to look like, and the answer. */
export type Answers = readonly (string | readonly [question: RegExp, answer: string])[];

/** How the command went. */
export interface Went {
  readonly code: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
  /** The questions as they were asked. */
  readonly asked: readonly string[];
  /** What was asked without being shown. */
  readonly hidden: readonly string[];
}

/** Runs `footbridge init` in this process, without waiting for a homeserver. `answers` undefined: there is no terminal. */
export async function runInit(
  config: string,
  more: Partial<Pick<InitOptions, "flags" | "yes" | "force">> = {},
  answers?: Answers,
  places: Omit<Places, "compose"> & Partial<Places> = { files: [], urls: [] },
): Promise<Went> {
  const out: string[] = [];
  const err: string[] = [];
  const asked: string[] = [];
  const hidden: string[] = [];
  const left = [...(answers ?? [])];
  const io: Io = {
    env: {},
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    ask: async (question, isHidden) => {
      if (answers === undefined) return undefined;
      asked.push(question);
      if (isHidden === true) hidden.push(question);
      const next = left.shift();
      if (next === undefined) throw new Error(`nothing is answered to: ${question}`);
      if (typeof next === "string") return next;
      if (!next[0].test(question)) throw new Error(`asked ${question}, expected ${next[0]}`);
      return next[1];
    },
    loadBackups: () => Promise.reject(new Error("not asked here")),
    loadDaemon: async () => ({
      loadAdapters: async () => adapters,
      startDaemon: () => Promise.reject(new Error("not started here")),
    }),
  };
  const options = {
    flags: {},
    yes: false,
    force: false,
    wait: false,
    waitFor: undefined,
    run: false,
    ...more,
  };
  try {
    const code = await init({ config, ...options }, io, { compose: undefined, ...places });
    if (left.length > 0) throw new Error(`${left.length} answers were never asked for`);
    return { code, out, err, asked, hidden };
  } catch (error) {
    const { text, code } = errorSentence(error);
    if (code === 70) throw error; // a mistake of the test, or a bug
    err.push(...text.split("\n"));
    return { code, out, err, asked, hidden };
  }
}

/** All files of a folder with their rights and content, by their paths from it. */
export function filesIn(folder: string): Readonly<Record<string, { mode: string; text: string }>> {
  if (!existsSync(folder)) return {};
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  return Object.fromEntries(
    files.sort().map((path) => {
      const mode = (statSync(path).mode & 0o777).toString(8);
      return [path.slice(folder.length + 1), { mode, text: readFileSync(path, "utf8") }];
    }),
  );
}
