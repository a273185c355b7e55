import { randomBytes } from "node:crypto";
import { constants, rmSync } from "node:fs";
import { link, open, rm, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { loadStateFolder } from "../config/index.ts";
import type { BackupReport } from "../http/control-api.ts";
import { fetchBackup } from "../http/control-backup.ts";
import { createClock } from "../observe/clock.ts";
import { createRandom } from "../observe/random.ts";
import { createBackupKey } from "../privacy/backup-key.ts";
import { errno, syncFolder, writeNew } from "../privacy/files.ts";
import { CommandFailed, EXIT, type ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { readOpeningKey } from "./opening-key.ts";
import { megabytes, moment } from "./text.ts";

/** What ends a command from outside. */
const ENDING = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

interface Options {
  readonly config: string;
  readonly json?: boolean;
  readonly newKey?: string;
  readonly verify?: string;
  readonly key?: string;
}

/** `footbridge backup [FILE]`, with what `--new-key` and `--verify` do instead. */
export async function backup(file: string | undefined, options: Options, io: Io): Promise<ExitCode> {
  const wishes = [file, options.newKey, options.verify].filter((wish) => wish !== undefined);
  if (wishes.length > 1)
    throw new CommandFailed(EXIT.usage, "give a file for the backup, or --new-key, or --verify: one of them");
  if (options.newKey !== undefined) return newKey(options.newKey, options, io);
  if (options.verify !== undefined) return verify(options.verify, options, io);
  return make(file, options, io);
}

async function make(wanted: string | undefined, options: Options, io: Io): Promise<ExitCode> {
  const folder = loadStateFolder(options.config);
  if (wanted === "-") {
    if (io.terminal === true || io.pipe === undefined)
      throw new CommandFailed(
        EXIT.usage,
        "a backup isn't for a terminal: send it on with a pipe, or name a file",
      );
    const { report, content } = await fetchBackup(folder);
    await io.pipe?.(content).catch((error: unknown) => cutOff("the standard output", error));
    io.err(madeText("the standard output", report).join("\n"));
    return EXIT.ok;
  }
  const file = resolve(wanted ?? `footbridge-${stamp()}.backup`);
  if (await isThere(file)) throw alreadyThere(file);
  const { report, content } = await fetchBackup(folder);
  await save(file, content, report.bytes);
  if (options.json === true) io.out(JSON.stringify({ file, ...report }));
  else for (const line of madeText(file, report)) io.out(line);
  return EXIT.ok;
}

/** Under another name until it is whole and on the disk; nothing that is there already is ever written over. */
async function save(file: string, content: AsyncIterable<Buffer>, bytes: number): Promise<void> {
  const draft = `${file}.${randomBytes(4).toString("hex")}.part`;
  const stopWatching = removeOnSignal(draft);
  try {
    const part = await open(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      let written = 0;
      for await (const piece of content) {
        await part.writeFile(piece);
        written += piece.length;
      }
      if (written !== bytes) throw new Error("the daemon broke off");
      await part.sync();
    } finally {
      await part.close();
    }
    await link(draft, file);
    await syncFolder(dirname(file));
  } catch (error) {
    if (errno(error) === "EEXIST") throw alreadyThere(file);
    cutOff(file, error);
  } finally {
    await rm(draft, { force: true });
    stopWatching();
  }
}

/** Whoever ends the command has no half of a backup left; it ends as by that signal. What it gives takes that back. */
function removeOnSignal(draft: string): () => void {
  const stopWatching = (): void => {
    for (const signal of ENDING) process.off(signal, remove);
  };
  const remove = (signal: NodeJS.Signals): void => {
    stopWatching();
    try {
      rmSync(draft, { force: true });
    } finally {
      process.kill(process.pid, signal);
    }
  };
  for (const signal of ENDING) process.on(signal, remove);
  return stopWatching;
}

function cutOff(where: string, cause: unknown): never {
  const code = errno(cause) ?? "the daemon broke off";
  throw new CommandFailed(EXIT.problem, `no backup was written to ${where} (${code})`, { cause });
}

function alreadyThere(file: string): CommandFailed {
  return new CommandFailed(EXIT.problem, `${file} is there already: give another name, or move it away`);
}

function madeText(
  file: string,
  { bytes, conversations, expires, leftOut, persons, still }: BackupReport,
): string[] {
  return [
    `Backup: ${file}, ${megabytes(bytes)}, ${persons} persons, ${conversations} conversations`,
    `It can be restored until ${moment(expires)}`,
    ...(leftOut === 0
      ? []
      : [`Left out: ${leftOut} persons or conversations that are about to go, or can't be opened`]),
    ...(still
      ? []
      : ["Something was under way that waits for a network: what it was about may be half in the backup"]),
  ];
}

async function newKey(path: string, options: Options, io: Io): Promise<ExitCode> {
  const { opening, sealing } = createBackupKey(createRandom());
  const file = resolve(path);
  try {
    await writeNew(file, Buffer.from(`${opening.expose()}\n`));
    await syncFolder(dirname(file));
  } catch (error) {
    if (errno(error) === "EEXIST") throw alreadyThere(file);
    throw new CommandFailed(EXIT.problem, `no key can be made in ${file} (${errno(error) ?? "an error"})`, {
      cause: error,
    });
  }
  if (options.json === true) io.out(JSON.stringify({ opening: file, sealing: sealing.expose() }));
  else {
    io.out(`The half that opens backups is in ${file}. Move it to another machine, and keep it well:`);
    io.out("without it no backup can be restored. This half seals them, and belongs in the config:");
    io.out("backup:");
    io.out(`  key: ${sealing.expose()}`);
    io.out("Then restart the bridge.");
  }
  return EXIT.ok;
}

async function verify(file: string, options: Options, io: Io): Promise<ExitCode> {
  const { verifyBackup } = await io.loadBackups();
  const key = await readOpeningKey(options.key, io);
  const { head, counts } = await verifyBackup({ file: resolve(file), key, clock: createClock() });
  const { leftOut, conversations, persons } = counts;
  const { created, expires, schema, version } = head;
  if (options.json === true)
    io.out(JSON.stringify({ created, expires, schema, version, persons, conversations, leftOut }));
  else {
    io.out(
      `Whole: ${persons} persons, ${conversations} conversations, made by version ${version} (schema ${schema})`,
    );
    io.out(`Made ${moment(created)}, can be restored until ${moment(expires)}`);
  }
  return EXIT.ok;
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** `20261130T0215Z` */
function stamp(): string {
  return `${new Date().toISOString().slice(0, 16).replaceAll(/[-:]/g, "")}Z`;
}
