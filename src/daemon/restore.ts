import { createReadStream } from "node:fs";
import { readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../config/index.ts";
import type { Clock, Random } from "../model/time.ts";
import { DAY, type Milliseconds } from "../model/time.ts";
import type { RootLogger } from "../observe/log.ts";
import type { OpeningKey } from "../privacy/backup-key.ts";
import { type BackupHead, BackupUnusable, openBackup } from "../privacy/backup-stream.ts";
import { hasKeys } from "../privacy/file-key-store.ts";
import { errno, syncFolder, writeNew } from "../privacy/files.ts";
import { endedSince } from "../store/backup/ended.ts";
import { type BackupCounts, recordsOf } from "../store/backup/record.ts";
import { restoreState } from "../store/backup/restore.ts";
import type { Restored } from "../store/backup/restoring.ts";
import { FAMILIES } from "../store/families.ts";
import { familyOf } from "../store/family-of.ts";
import { type JournalContent, readJournal, writeJournal } from "../store/file-journal.ts";
import { keys } from "../store/keys.ts";
import { RESTORING, SCHEMA_VERSION } from "../store/meta.ts";
import type { Connection } from "../store/redis/connection.ts";
import { openRedis } from "../store/redis/open.ts";
import { text } from "../store/reply.ts";
import { scanNames } from "../store/scan.ts";
import { storeScripts } from "../store/store.ts";
import { keyFolder, openKeyStore, redisChoice } from "./open-keys.ts";
import { openStateFolder } from "./state-folder.ts";

/** The clocks of two machines may differ by so much. */
const CLOCKS_DIFFER: Milliseconds = DAY;

/** A backup isn't restored, and nothing was changed. The message is for the operator. */
export class RestoreRefused extends Error {
  override readonly name = "RestoreRefused";
}

/** What is to be read. */
interface BackupFile {
  readonly file: string;
  readonly key: OpeningKey;
  readonly clock: Clock;
}

/** A backup that was read to its end, and is whole. */
interface Verified {
  readonly head: BackupHead;
  readonly counts: BackupCounts;
}

/**
 * Reads a whole backup, and writes nothing.
 * @throws BackupUnusable when it is none, isn't for this key, lacks its end, was altered, is too old, or of a newer version
 */
export async function verifyBackup({ file, key, clock }: BackupFile): Promise<Verified> {
  const { head, content } = await openBackup(key, pieces(file));
  let counts: BackupCounts | undefined;
  const seen = { persons: 0, conversations: 0, others: 0 };
  for await (const record of recordsOf(content)) {
    if (record.kind === "person") seen.persons += 1;
    else if (record.kind === "conversation") seen.conversations += 1;
    else if (record.kind === "key") seen.others += 1;
    else if (record.kind === "end") counts = record;
  }
  const isWhole =
    counts?.persons === seen.persons &&
    counts.conversations === seen.conversations &&
    counts.others === seen.others;
  if (counts === undefined || !isWhole)
    throw new BackupUnusable(
      "truncated",
      "this backup lacks records: take another one, nothing was restored",
    );
  checkTimes(head, clock);
  if (head.schema > SCHEMA_VERSION)
    throw new BackupUnusable(
      "newer",
      `this backup has schema version ${head.schema}, this version of Footbridge reads up to ${SCHEMA_VERSION}: restore it with the version that wrote it, or a newer one`,
    );
  return { head, counts };
}

function checkTimes({ created, expires }: BackupHead, clock: Clock): void {
  const now = clock.now();
  if (created > now + CLOCKS_DIFFER)
    throw new BackupUnusable(
      "from-the-future",
      `this backup was made at ${day(created)} as it says, and it is ${day(now)} here: set this machine's clock`,
    );
  if (expires <= now)
    throw new BackupUnusable(
      "expired",
      `this backup was made at ${day(created)} and might be restored until ${day(expires)}: what people ended since isn't known any more; take a newer one, and delete this`,
    );
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** A backup is read twice: first to its end, then to write it. A pipe would be empty the second time. */
async function requireFile(file: string): Promise<void> {
  // One that isn't there: who reads it says so.
  const found = await stat(file).catch(() => undefined);
  if (found !== undefined && !found.isFile())
    throw new RestoreRefused(
      `${file} is no file that can be read twice: copy it into one, nothing was restored`,
    );
}

async function* pieces(file: string): AsyncGenerator<Buffer> {
  try {
    for await (const piece of createReadStream(file)) yield piece as Buffer; // no encoding was asked for
  } catch (error) {
    if (error instanceof BackupUnusable) throw error;
    throw new RestoreRefused(`${file} can't be read (${errno(error) ?? "an error"})`, { cause: error });
  }
}

interface RestoreOptions extends BackupFile {
  readonly config: Config;
  readonly random: Random;
  readonly log: RootLogger;
  /** The journal to go by; the config's own when it is left out. */
  readonly journal?: string;
  /** There is none: what people ended since the backup may come back, and that is meant. */
  readonly withoutJournal: boolean;
}

/**
 * Restores a backup into the state folder and Redis of a config, which must be empty. All of it is read and checked before anything is
 * written. @throws BackupUnusable, RestoreRefused, JournalUnusable, and what opening Redis and keys throws
 */
export async function restoreBackup(
  options: RestoreOptions,
): Promise<Restored & { readonly head: BackupHead }> {
  const { config, clock, log } = options;
  await requireFile(options.file);
  const { head } = await verifyBackup(options);
  const journal = await journalFor(options, head);
  await openStateFolder(config.state, log);
  const scripts = Object.values(storeScripts());
  const redis = await openRedis(redisChoice(config), { log, clock, scripts });
  try {
    return { ...(await restoreOn(redis.connection, options, { head, journal })), head };
  } finally {
    await redis.close();
  }
}

/** The same, of a backup that was read and a Redis that is open; whoever calls it has the state folder for itself. */
export async function restoreOn(
  connection: Connection,
  options: RestoreOptions,
  { head, journal }: { readonly head: BackupHead; readonly journal: JournalContent | undefined },
): Promise<Restored> {
  const { config } = options;
  const emptiness = await emptinessOf(config, connection);
  if (emptiness === "unfinished") await clearUnfinished(connection);
  // Beside the mark in Redis: keys of another state are never taken for those of a restore that was cut off.
  const mark = emptiness === "unfinished" ? await markIn(config.state) : undefined;
  return write(options, connection, head, journal, mark);
}

async function write(
  { config, clock, file, key, log, random, journal: from }: RestoreOptions,
  connection: Connection,
  head: BackupHead,
  journal: JournalContent | undefined,
  before: string | undefined,
): Promise<Restored> {
  const mark = before ?? random.bytes(12).toString("base64url");
  if (before === undefined) await writeMark(config.state, mark);
  await connection.command("HSET", keys.meta, RESTORING, mark);
  const keyStore = await openKeyStore(config, { clock, random, log });
  try {
    for (const { id } of keyStore.list()) await keyStore.destroy(id);
    if (journal !== undefined && from !== undefined) await takeJournal(config.backup.journal, journal);
    const networks = new Map(config.accounts.map(({ account, network }) => [account, network]));
    const { content } = await openBackup(key, pieces(file));
    const restored = await restoreState(
      {
        ...{ connection, scripts: storeScripts(), keyStore, clock, random, log, mark },
        schema: head.schema,
        ended: endedSince(journal?.entries ?? [], head),
        networkOf: (account) => networks.get(account),
      },
      recordsOf(content),
    );
    await rm(join(config.state, MARK), { force: true });
    return { ...restored, ignored: restored.ignored + (journal?.ignored ?? 0) };
  } finally {
    await keyStore.close();
  }
}

/** In the state folder while a restore isn't done. */
const MARK = "restoring";

async function markIn(state: string): Promise<string | undefined> {
  return readFile(join(state, MARK), "latin1").catch(() => undefined);
}

async function writeMark(state: string, mark: string): Promise<void> {
  await rm(join(state, MARK), { force: true }); // of a run that ended before it wrote anything else
  await writeNew(join(state, MARK), Buffer.from(mark));
  await syncFolder(state);
}

/** A journal that was given becomes this state's own; what the own one says beside it stays, another's is kept under another name. */
async function takeJournal(path: string, given: JournalContent): Promise<void> {
  const own = await readJournal(path).catch(() => "unreadable" as const);
  if (own === undefined) return writeJournal(path, given);
  if (own === "unreadable" || own.head.id !== given.head.id) {
    await rename(path, `${path}.before-restore`);
    return writeJournal(path, given);
  }
  const lines = new Map([...given.entries, ...own.entries].map((entry) => [JSON.stringify(entry), entry]));
  // In the order in which they stand: one is a copy of the other's beginning, and clocks are set back.
  await writeJournal(path, { head: given.head, entries: [...lines.values()] });
}

/** The journal that goes on where the backup ends. @throws RestoreRefused when there is none, or another, and that isn't meant */
async function journalFor(
  { config, journal, withoutJournal }: RestoreOptions,
  head: BackupHead,
): Promise<JournalContent | undefined> {
  const path = journal ?? config.backup.journal;
  const found = await readJournal(path);
  if (found !== undefined && found.head.id === head.journal) return found;
  if (withoutJournal) return undefined;
  const what =
    found === undefined ? `found no journal at ${path}` : `the journal at ${path} is another one's`;
  throw new RestoreRefused(
    `${what}, so that what people ended since the backup isn't known: give the right one with --journal FILE; if it is lost, --without-journal restores all the same, and whoever was forgotten, unlinked or blocked since then is as before`,
  );
}

/** `unfinished`: a restore was cut off here. @throws RestoreRefused when something else is there */
async function emptinessOf({ state }: Config, connection: Connection): Promise<"empty" | "unfinished"> {
  const restoring = text(await connection.command("HGET", keys.meta, RESTORING));
  if (restoring !== undefined && restoring === (await markIn(state))) return "unfinished";
  const found = await whatIsIn(connection);
  if (found !== undefined)
    throw new RestoreRefused(
      `Redis isn't empty, it holds ${found}: a backup is restored into an empty state alone; move the state folder away (not the journal, nor a key-encryption key that you need), or name an empty Redis`,
    );
  const hasMarks = await readdir(join(state, "marks")).then(
    (names) => names.length > 0,
    () => false,
  );
  if ((await hasKeys(keyFolder(state))) || hasMarks)
    throw new RestoreRefused(
      `${state} holds ${hasMarks ? "marks of accounts" : "keys"} of another state: move keys, redis and marks out of it first`,
    );
  return "empty";
}

/** In the words of families.ts. */
async function whatIsIn(connection: Connection): Promise<string | undefined> {
  const counts = new Map<string, number>();
  for await (const page of scanNames(connection)) {
    for (const name of page) {
      const family = familyOf(name);
      const what = family === undefined ? "keys of something else" : FAMILIES[family].record;
      counts.set(what, (counts.get(what) ?? 0) + 1);
    }
  }
  const found = [...counts].map(([what, count]) => `${what} (${count})`);
  return found.length === 0 ? undefined : found.join(", ");
}

/** Takes out what a restore wrote that was cut off; its mark goes last of all, when the next one is done. */
async function clearUnfinished(connection: Connection): Promise<void> {
  for await (const page of scanNames(connection)) {
    const names = page.filter((name) => name !== keys.meta && familyOf(name) !== undefined);
    if (names.length > 0) await Promise.all(names.map((name) => connection.command("DEL", name)));
  }
}
