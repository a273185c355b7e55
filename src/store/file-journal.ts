import { constants } from "node:fs";
import { type FileHandle, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { Clock, Random, Timestamp } from "../model/time.ts";
import { DAY, type Milliseconds } from "../model/time.ts";
import { describeError } from "../observe/errors.ts";
import type { Logger } from "../observe/log.ts";
import { errno, syncFolder, writeNew } from "../privacy/files.ts";
import { BACKUP_LIFETIME, type Journal, type JournalEntry } from "./journal.ts";

/** The clocks of two machines may differ: an entry outlives every backup from before it by this. */
const MARGIN: Milliseconds = DAY;

/** The first line of a journal. */
interface JournalHead {
  /** Random: a backup names the journal that goes on where it ends. */
  readonly id: string;
  /** Since when it is kept. */
  readonly since: Timestamp;
}

/** A journal as it was found. */
export interface JournalContent {
  readonly head: JournalHead;
  readonly entries: readonly DatedEntry[];
}

/** An entry with its time. */
export type DatedEntry = JournalEntry & { readonly at: Timestamp };

/** The journal can't be used. The message is for the operator. */
export class JournalUnusable extends Error {
  override readonly name = "JournalUnusable";
}

interface FileJournalOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/**
 * Opens the journal at a path, or begins one; entries that no backup can need any more go now.
 * @throws JournalUnusable when the file is something else, or its folder can't be written
 */
export async function openFileJournal(options: FileJournalOptions): Promise<FileJournal> {
  const { path, clock, random } = options;
  const found = await readJournal(path);
  const head = found?.head ?? { id: random.bytes(12).toString("base64url"), since: clock.now() };
  await writeJournal(path, { head, entries: stillNeeded(found?.entries ?? [], clock.now()) });
  return new FileJournal(options, head);
}

/** A journal in a file of lines, each appended and synced: a crash leaves at most a last line that is cut, and was never promised. */
export class FileJournal implements Journal {
  readonly head: JournalHead;
  readonly #options: FileJournalOptions;
  #waiting: string[] = [];
  #underWay: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(options: FileJournalOptions, head: JournalHead) {
    this.#options = options;
    this.head = head;
  }

  note(entry: JournalEntry): Promise<void> {
    this.#waiting.push(`${JSON.stringify({ at: this.#options.clock.now(), ...entry })}\n`);
    if (this.#next === undefined) {
      this.#next = this.#underWay.then(() => {
        this.#next = undefined;
        return this.#write();
      });
      this.#underWay = this.#next;
    }
    return this.#next;
  }

  /** Drops entries that no backup can need any more. Never rejects. */
  tidy(): Promise<void> {
    const { path, clock } = this.#options;
    this.#underWay = this.#underWay.then(() =>
      tidyFile(path, clock.now()).catch((error) => this.#failed(error)),
    );
    return this.#underWay;
  }

  async #write(): Promise<void> {
    const lines = this.#waiting;
    this.#waiting = [];
    try {
      // The last line may be a cut one: what is appended begins on a line of its own.
      await append(this.#options.path, `\n${lines.join("")}`);
    } catch (error) {
      this.#waiting = [...lines, ...this.#waiting];
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.#options.log.error("journal.failed", describeError(error));
  }
}

async function tidyFile(path: string, now: Timestamp): Promise<void> {
  const found = await readJournal(path);
  if (found === undefined) return;
  const entries = stillNeeded(found.entries, now);
  if (entries.length < found.entries.length) await writeJournal(path, { head: found.head, entries });
}

function stillNeeded(entries: readonly DatedEntry[], now: Timestamp): readonly DatedEntry[] {
  return entries.filter(({ at }) => at + BACKUP_LIFETIME + MARGIN > now);
}

async function append(path: string, text: string): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_APPEND);
  try {
    await writeAtEnd(file, Buffer.from(text));
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeAtEnd(file: FileHandle, content: Buffer): Promise<void> {
  for (let done = 0; done < content.length; )
    done += (await file.write(content, done, content.length - done)).bytesWritten;
}

/** Reads a journal; undefined where there is none. Lines that a crash cut are left out. @throws JournalUnusable */
export async function readJournal(path: string): Promise<JournalContent | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (errno(error) === "ENOENT") return undefined;
    throw new JournalUnusable(`the journal ${path} can't be read (${errno(error) ?? "an error"})`, {
      cause: error,
    });
  }
  const [first = "", ...lines] = text.split("\n");
  const head = parseLine(first);
  if (!isHead(head))
    throw new JournalUnusable(`${path} is no journal of Footbridge: name another file in backup.journal`);
  const entries = lines.map(parseLine).filter(isEntry);
  return { head: { id: head.id, since: head.since }, entries };
}

/** In one piece: whoever reads it has the old one or the new one. @throws JournalUnusable */
export async function writeJournal(path: string, { head, entries }: JournalContent): Promise<void> {
  const draft = `${path}.${process.pid}.draft`;
  const lines = [{ journal: 1, ...head }, ...entries].map((line) => `${JSON.stringify(line)}\n`);
  try {
    await rm(draft, { force: true }); // of a process that was killed
    await writeNew(draft, Buffer.from(lines.join("")));
    await rename(draft, path);
    await syncFolder(dirname(path));
  } catch (error) {
    throw new JournalUnusable(
      `the journal ${path} can't be written (${errno(error) ?? "an error"}): give backup.journal a file in a folder that is there and can be written`,
      { cause: error },
    );
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isHead(value: unknown): value is JournalHead {
  return (
    isRecord(value) && value.journal === 1 && typeof value.id === "string" && typeof value.since === "number"
  );
}

/** The texts that each kind has. */
const TEXTS: Readonly<Record<JournalEntry["kind"], readonly string[]>> = {
  forgotten: ["person"],
  unlinked: ["person", "identity"],
  closed: ["conversation"],
  revoked: ["handle"],
  blocked: ["person", "field", "sealed"],
  unblocked: ["person", "field"],
  "opted-out": ["phone", "event"],
  "opted-in": ["phone"],
};

function isEntry(value: unknown): value is DatedEntry {
  if (!isRecord(value) || typeof value.at !== "number" || typeof value.kind !== "string") return false;
  const texts = Object.entries(TEXTS).find(([kind]) => kind === value.kind)?.[1];
  if (texts === undefined || !texts.every((name) => typeof value[name] === "string")) return false;
  const { scopes } = value;
  return (
    !value.kind.startsWith("opted") || (Array.isArray(scopes) && scopes.every((it) => typeof it === "string"))
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
