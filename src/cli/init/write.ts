import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Random } from "../../model/time.ts";
import { CommandFailed, EXIT } from "../exit.ts";
import type { Io, KnownAdapter } from "../io.ts";
import type { Given, Tools } from "./answers.ts";
import { agrees, converse, type Flags, flagName } from "./dialogue.ts";
import type { Found } from "./find.ts";
import { inTheWay, planFiles } from "./plan.ts";
import { QUESTIONS } from "./questions.ts";
import { writeTogether } from "./staging.ts";

/** What a config is made with. */
interface Making {
  readonly configPath: string;
  readonly flags: Flags;
  readonly tools: Tools;
  readonly yes: boolean;
  readonly force: boolean;
  readonly io: Io;
  readonly adapters: readonly KnownAdapter[];
  readonly random: Random;
}

/**
 * Asks what has to be known, and writes all files of the set-up.
 * @throws CommandFailed when it isn't wanted, or something is in the way: then nothing was written
 */
export async function makeConfig(making: Making): Promise<Given> {
  const { configPath, io, adapters, random, yes, force } = making;
  const folder = dirname(configPath);
  if (!yes) for (const line of greeting(making.tools.found)) io.out(line);
  const given = await converse(making);
  const files = await planFiles({ given, configPath, io, adapters, random, compose: making.tools.compose });
  const there = inTheWay(folder, files);
  if (there.length > 0 && !force) {
    throw new CommandFailed(
      EXIT.problem,
      `nothing was written: ${there.map((path) => join(folder, path)).join(", ")} would be replaced: move ${there.length === 1 ? "it" : "them"} away, or add --force (what was there stays beside it as NAME.old)`,
    );
  }
  const names = files.map(({ path }) => join(folder, path));
  if (!yes)
    for (const line of ["", "To be written, for this user alone:", ...names.map((name) => `  ${name}`)])
      io.out(line);
  if (!yes && !(await agrees(io, "Write them? [Y/n] ", true))) {
    throw new CommandFailed(EXIT.problem, "nothing was written");
  }
  await undisturbed(() => writeTogether(folder, basename(configPath), files));
  for (const name of names) io.out(`written  ${name}`);
  if (await isAnothers(folder)) {
    io.err(
      `warning: ${folder} belongs to another user, who can't read these files: give them to that user (chown)`,
    );
  }
  return given;
}

function greeting({ file }: Found): readonly string[] {
  const secret =
    file?.readable === false ? ", which this user may not read: its name and port are asked" : "";
  return [
    "This sets the bridge up beside a Matrix homeserver. Enter takes what stands in [brackets], Ctrl-C ends it; nothing",
    "is written before the last question.",
    ...(file === undefined ? [] : [`Found Synapse's config: ${file.path}${secret}.`]),
    "",
  ];
}

/** What was said on the command line although the config is there already, in words of the options. */
export function unused(flags: Flags): readonly string[] {
  return Object.entries(QUESTIONS).flatMap(([key, question]) =>
    Object.hasOwn(flags, key) ? [flagName(question)] : [],
  );
}

/** Ctrl-C comes after it: what takes some milliseconds isn't cut off. */
async function undisturbed(work: () => Promise<void>): Promise<void> {
  const wait = (): void => undefined;
  process.on("SIGINT", wait);
  try {
    await work();
  } finally {
    process.off("SIGINT", wait);
  }
}

/** Whether a folder is of a user who isn't the one who writes there, as root can. */
async function isAnothers(folder: string): Promise<boolean> {
  return process.getuid !== undefined && (await stat(folder)).uid !== process.getuid();
}
