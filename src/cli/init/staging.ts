import { existsSync } from "node:fs";
import { link, mkdir, readdir, readFile, rename, rm, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { errno, syncFolder, writeNew } from "../../privacy/files.ts";
import { unwritten } from "../place-file.ts";

// All files of a set-up come into being together. They are written into a folder of their own (draft), which gets another name
// when it is whole (ready): from then on they are as good as there. Then each is moved to its place. Killed before the renaming,
// nothing was there, and the next run removes the draft; killed after it, the next run moves the rest.

const DRAFT = ".footbridge-init.draft";
const READY = ".footbridge-init.ready";
/** Stands in it, and says what belongs where. */
const LIST = ".list";
/** What another file takes the place of is left under its name with this behind it. */
const OLD = ".old";

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
 * @throws CommandFailed when they can't be written: then none is
 */
export async function writeTogether(folder: string, files: readonly PlannedFile[]): Promise<void> {
  const draft = join(folder, DRAFT);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
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
    throw unwritten(folder, error);
  }
  await finishWriting(folder);
}

/**
 * Ends what a run began that was killed: what it had ready is moved to its place, and what it hadn't is removed.
 * @returns the files that came into being, from the folder.
 * @throws CommandFailed when they can't be moved: another run may be able to
 */
export async function finishWriting(folder: string): Promise<readonly string[]> {
  const ready = join(folder, READY);
  try {
    await rm(join(folder, DRAFT), { recursive: true, force: true });
    if (!existsSync(ready)) return [];
    const files = list.parse(JSON.parse(await readFile(join(ready, LIST), "utf8")));
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
    throw unwritten(folder, error);
  }
}

async function moveInto(from: string, target: string, isPrecious: boolean): Promise<void> {
  if (!existsSync(from)) return; // it was moved before the kill
  try {
    await link(from, target);
  } catch (error) {
    if (errno(error) !== "EEXIST") throw error;
    if (isPrecious) return;
    const [there, wanted] = await Promise.all([readFile(target), readFile(from)]);
    if (!there.equals(wanted)) {
      await rename(target, `${target}${OLD}`);
      await link(from, target);
    }
  }
  await unlink(from);
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return [
    folder,
    ...entries.filter((each) => each.isDirectory()).map((each) => join(each.parentPath, each.name)),
  ];
}
