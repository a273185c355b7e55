import { link, mkdir, readdir, readFile, rename, rm, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { errno, syncFolder, writeNew } from "../../privacy/files.ts";
import { CommandFailed } from "../exit.ts";
import { unwritten } from "../place-file.ts";
import { guardPlaces, isMine, isPrivateFolder, look, OLD, refused } from "./guard.ts";
import { pathsBeside } from "./paths.ts";

// All files of a set-up come into being together. They are written into a folder of their own (draft), which gets another name
// when it is whole (ready): from then on they are as good as there. Then each is moved to its place. Killed before the renaming,
// nothing was there, and the next run removes the draft; killed after it, the next run moves the rest.

const DRAFT = ".footbridge-init.draft";
const READY = ".footbridge-init.ready";
/** Stands in it, and says what belongs where. */
const LIST = ".list";

/** A file to come: its path from the folder, and what is in it. */
export interface PlannedFile {
  readonly path: string;
  readonly content: string;
  /** Nothing ever takes its place. */
  readonly precious?: true;
}

const list = z.array(z.strictObject({ path: z.string(), precious: z.boolean() }));
type List = z.output<typeof list>;

/**
 * Writes files into a folder, which is made where it isn't there: all of them or none. They appear in the order in which they are
 * given; one that is there already is kept beside the new one as NAME.old, and a precious one stays as it is.
 * @param configName the config file's name: a run that goes on from a killed one takes no other
 * @throws CommandFailed when they can't be written: then none is
 */
export async function writeTogether(
  folder: string,
  configName: string,
  files: readonly PlannedFile[],
): Promise<void> {
  const draft = join(folder, DRAFT);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await guardPlaces(folder, files);
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { mode: 0o700 });
    for (const { path, content } of files) {
      await mkdir(dirname(join(draft, path)), { recursive: true, mode: 0o700 });
      await writeNew(join(draft, path), Buffer.from(content));
    }
    const all: List = files.map(({ path, precious }) => ({ path, precious: precious === true }));
    await writeNew(join(draft, LIST), Buffer.from(JSON.stringify(all)));
    for (const each of await foldersIn(draft)) await syncFolder(each);
    await rename(draft, join(folder, READY));
    await syncFolder(folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => undefined);
    throw sentenceOf(folder, error);
  }
  await finishWriting(folder, configName);
}

/**
 * Ends what a run began that was killed: what it had ready is moved to its place, and what it hadn't is removed. Whoever can write
 * to the folder could lay something there that looks like it: only what this user alone can have made is taken.
 * @returns the files that came into being, from the folder.
 * @throws CommandFailed when they can't be moved: another run may be able to; or when they aren't ours: then nothing was touched
 */
export async function finishWriting(folder: string, configName: string): Promise<readonly string[]> {
  const ready = join(folder, READY);
  try {
    const files = await readyFiles(folder, configName);
    await rm(join(folder, DRAFT), { recursive: true, force: true });
    if (files === undefined) return [];
    for (const { path, precious } of files) {
      const target = join(folder, path);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await moveInto(join(ready, path), target, precious);
      await syncFolder(dirname(target));
    }
    await rm(ready, { recursive: true, force: true });
    await syncFolder(folder);
    return files.map(({ path }) => path);
  } catch (error) {
    throw sentenceOf(folder, error);
  }
}

/** What a killed run had ready; undefined: there was none. @throws CommandFailed when it isn't one of ours */
async function readyFiles(folder: string, configName: string): Promise<List | undefined> {
  const ready = join(folder, READY);
  const there = await look(ready);
  if (there === undefined) return undefined;
  const foreign = refused(
    `${ready} isn't what a run with this config left: find out who put it there and remove it, or give that run's --config`,
  );
  if (!isPrivateFolder(there)) throw foreign;
  const listed = await look(join(ready, LIST));
  if (listed === undefined) return []; // its removal had begun, so all of it was moved
  if (!listed.isFile() || !isMine(listed)) throw foreign;
  const files = listIn(await readFile(join(ready, LIST), "utf8"));
  const known = pathsBeside(configName);
  if (files === undefined || files.some(({ path }) => !known.has(path))) throw foreign;
  for (const { path } of files) {
    const parent = await look(dirname(join(ready, path)));
    if (parent === undefined) continue;
    if (!parent.isDirectory() || !isMine(parent)) throw foreign;
    const source = await look(join(ready, path)); // it isn't there any more where it was moved before the kill
    if (source !== undefined && !(source.isFile() && isMine(source))) throw foreign;
  }
  await guardPlaces(folder, files);
  return files;
}

function listIn(text: string): List | undefined {
  try {
    return list.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function moveInto(from: string, target: string, isPrecious: boolean): Promise<void> {
  if ((await look(from)) === undefined) return; // it was moved before the kill
  try {
    await link(from, target);
  } catch (error) {
    if (errno(error) !== "EEXIST") throw error;
    if (isPrecious) return;
    if (!(await isSame(from, target))) {
      await rename(target, `${target}${OLD}`);
      await link(from, target);
    }
  }
  await unlink(from);
}

/** Whether a file is there that says the same; a link is none, wherever it leads. */
async function isSame(from: string, target: string): Promise<boolean> {
  if ((await look(target))?.isFile() !== true) return false;
  const [there, wanted] = await Promise.all([readFile(target), readFile(from)]);
  return there.equals(wanted);
}

function sentenceOf(folder: string, error: unknown): CommandFailed {
  return error instanceof CommandFailed ? error : unwritten(folder, error);
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return [
    folder,
    ...entries.filter((each) => each.isDirectory()).map((each) => join(each.parentPath, each.name)),
  ];
}
