import { constants } from "node:fs";
import { type FileHandle, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Clock, Random, Timestamp } from "../model/time.ts";
import { DAY, HOUR, MINUTE, type Milliseconds } from "../model/time.ts";
import { describeError } from "../observe/errors.ts";
import type { Logger } from "../observe/log.ts";
import { type ClockGuard, createClockGuard } from "../privacy/clock-guard.ts";
import { errno, syncFolder, writeNew } from "../privacy/files.ts";
import { BACKUP_LIFETIME, type Journal, type JournalEntry } from "./journal.ts";

/** The clocks of two machines may differ: an entry outlives every backup from before it by this. */
const MARGIN: Milliseconds = DAY;
/** A machine may start with a wrong clock, which is set right soon: nothing is dropped before it went steadily for so long. */
const STEADY: Milliseconds = HOUR;
/** What couldn't be written is tried again so often. */
const RETRY_EVERY: Milliseconds = MINUTE;
const TIDY_EVERY: Milliseconds = HOUR;
/** A journal that can't even be opened won't take a line later either, unless the operator does something. */
const FOR_THE_OPERATOR = ["EACCES", "EISDIR", "ENOENT", "EPERM", "EROFS"];

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
  /** Lines that are no entries: a crash cut them, or another version or somebody else wrote them. */
  readonly ignored?: number;
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
  /** The daemon's; one of its own when it is left out. */
  readonly clockGuard?: Pick<ClockGuard, "mayDestroy">;
}

/**
 * Opens the journal at a path, or begins one. One that is there is left as it is: the clock may be wrong yet, and a full disk keeps
 * nobody from starting.
 * @throws JournalUnusable when the file is something else, or it or its folder can't be written by us
 */
export async function openFileJournal(options: FileJournalOptions): Promise<FileJournal> {
  const { path, clock, random, log } = options;
  const found = await readJournal(path);
  const head = found?.head ?? { id: random.bytes(12).toString("base64url"), since: clock.now() };
  await removeDrafts(path);
  if (found === undefined) await writeJournal(path, { head, entries: [] });
  else {
    try {
      await append(path, "\n"); // as each note begins
    } catch (error) {
      if (FOR_THE_OPERATOR.includes(errno(error) ?? "")) throw cantBeWritten(path, error);
      log.error("journal.failed", describeError(error));
    }
  }
  return new FileJournal(options, head);
}

/** A journal in a file of lines, each appended and synced: a crash leaves at most a last line that is cut, and was never promised. */
export class FileJournal implements Journal {
  readonly head: JournalHead;
  readonly #options: FileJournalOptions;
  readonly #clockGuard: Pick<ClockGuard, "mayDestroy">;
  readonly #openedAt: Milliseconds;
  #tidiedAt: Milliseconds;
  #waiting: string[] = [];
  #underWay: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(options: FileJournalOptions, head: JournalHead) {
    this.#options = options;
    this.#clockGuard = options.clockGuard ?? createClockGuard(options.clock);
    this.#openedAt = options.clock.monotonic();
    this.#tidiedAt = this.#openedAt;
    this.head = head;
  }

  note(entry: JournalEntry): Promise<void> {
    this.#waiting.push(`${JSON.stringify({ at: this.#options.clock.now(), ...entry })}\n`);
    return this.#flush();
  }

  /** Writes down that a backup begins. What comes behind this has ended since, whatever the clock says. Never rejects. */
  async mark(): Promise<string> {
    const mark = this.#options.random.bytes(12).toString("base64url");
    await this.note({ kind: "backup", mark });
    return mark;
  }

  /** Until the signal is aborted: tries again what couldn't be written, and tidies. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#options.clock.sleep(RETRY_EVERY, signal).catch(() => undefined); // aborted
      await this.lookAfter();
    }
  }

  /** What is due of `run`. Never rejects. */
  async lookAfter(): Promise<void> {
    if (this.#waiting.length > 0) await this.#flush();
    const now = this.#options.clock.monotonic();
    if (now - this.#tidiedAt < TIDY_EVERY) return;
    this.#tidiedAt = now;
    await this.tidy();
  }

  #flush(): Promise<void> {
    if (this.#next === undefined) {
      this.#next = this.#underWay.then(() => {
        this.#next = undefined;
        return this.#write();
      });
      this.#underWay = this.#next;
    }
    return this.#next;
  }

  /** Drops entries that no backup can need any more, if the clock can be trusted by now. Never rejects. */
  tidy(): Promise<void> {
    const { path, clock } = this.#options;
    const isSteady = clock.monotonic() - this.#openedAt >= STEADY;
    if (!this.#clockGuard.mayDestroy() || !isSteady) return this.#underWay;
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
  const ignored = lines.filter((line) => line !== "").length - entries.length;
  return { head: { id: head.id, since: head.since }, entries, ignored };
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
    await rm(draft, { force: true }).catch(() => undefined); // the folder isn't there, or is read-only
    throw cantBeWritten(path, error);
  }
}

function cantBeWritten(path: string, cause: unknown): JournalUnusable {
  return new JournalUnusable(
    `the journal ${path} can't be written (${errno(cause) ?? "an error"}): give backup.journal a file in a folder that is there and can be written`,
    { cause },
  );
}

/** Removes what processes left that were killed while they wrote. One that has our id was before us. */
async function removeDrafts(path: string): Promise<void> {
  const prefix = `${basename(path)}.`;
  for (const name of await readdir(dirname(path)).catch(() => [])) {
    if (!name.startsWith(prefix) || !/^\d+\.draft$/.test(name.slice(prefix.length))) continue;
    const pid = Number.parseInt(name.slice(prefix.length), 10);
    if (pid === process.pid || !isAlive(pid))
      await rm(join(dirname(path), name), { force: true }).catch(() => undefined); // tried again at the next start
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errno(error) === "EPERM"; // somebody else's
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
  backup: ["mark"],
};

function isEntry(value: unknown): value is DatedEntry {
  if (!isRecord(value) || typeof value.at !== "number" || typeof value.kind !== "string") return false;
  const texts = Object.entries(TEXTS).find(([kind]) => kind === value.kind)?.[1];
  if (texts === undefined || !texts.every((name) => typeof value[name] === "string")) return false;
  const { scopes } = value;
  if (!value.kind.startsWith("opted")) return true;
  return Array.isArray(scopes) && scopes.length > 0 && scopes.every((it) => typeof it === "string");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
