import { constants, type ReadStream } from "node:fs";
import { type FileHandle, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { BackupReport } from "../http/control-api.ts";
import type { Sensitive } from "../model/sensitive.ts";
import { type Milliseconds, SECOND } from "../model/time.ts";
import type { House } from "../pipeline/house.ts";
import { parseSealingKey, type SealingKey } from "../privacy/backup-key.ts";
import { type BackupHead, sealBackup } from "../privacy/backup-stream.ts";
import { exportState } from "../store/backup/export.ts";
import { type BackupCounts, recordLine } from "../store/backup/record.ts";
import { settleSeats } from "../store/backup/settle-seats.ts";
import type { FileJournal } from "../store/file-journal.ts";
import { BACKUP_LIFETIME } from "../store/journal.ts";
import { SCHEMA_VERSION } from "../store/meta.ts";

/** How long what is under way is waited for; then the backup is made beside it. */
const PATIENCE: Milliseconds = 10 * SECOND;
const DRAFT = /^backup-[A-Za-z0-9_-]{16}\.draft$/;

/** What a backup is made of. */
interface BackupParts {
  readonly house: Pick<House, "store" | "clock" | "log" | "pause">;
  readonly journal: FileJournal;
  readonly version: string;
  /** The half of the backup key that seals; undefined: no backup is made. */
  readonly key: Sensitive<string> | undefined;
  /** Where a backup lies until it is fetched. */
  readonly stateFolder: string;
}

/**
 * Makes a backup: decisions pause while it is written, sealed, into a file in the state folder, so that nobody who fetches it slowly
 * holds anything up. @throws StoreAway, and what the disk throws
 */
export async function makeBackup(
  parts: BackupParts,
): Promise<{ readonly report: BackupReport; readonly content: ReadStream } | "no-key"> {
  const { key, house, journal, stateFolder } = parts;
  if (key === undefined) return "no-key";
  const sealing = parseSealingKey(key);
  const { clock, log, pause } = house;
  const began = clock.monotonic();
  await journal.tidy();
  await settleSeats(house.store);
  const path = join(stateFolder, `backup-${house.store.vault.newId()}.draft`);
  const file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    await rm(path); // it goes with whoever has it open, however that ends
    const made = await pause.hold(clock, PATIENCE, (isStill) => write(parts, sealing, file, isStill));
    log.info("backup.made", {
      count: made.persons + made.conversations,
      bytes: made.bytes,
      ms: Math.round(clock.monotonic() - began),
    });
    if (!made.still) log.warn("backup.not-still", { ms: PATIENCE });
    return { report: made, content: file.createReadStream({ start: 0 }) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function write(
  { house, journal, version }: BackupParts,
  sealing: SealingKey,
  file: FileHandle,
  still: boolean,
): Promise<BackupReport> {
  const created = house.clock.now();
  const expires = created + BACKUP_LIFETIME;
  const mark = await journal.mark();
  const head: BackupHead = {
    ...{ version, schema: SCHEMA_VERSION, created, expires },
    ...{ journal: journal.head.id, mark },
  };
  let counts: BackupCounts = { persons: 0, conversations: 0, others: 0, leftOut: 0 };
  async function* lines(): AsyncGenerator<Buffer> {
    for await (const record of exportState(house.store)) {
      if (record.kind === "end") counts = record;
      yield recordLine(record);
    }
  }
  let bytes = 0;
  for await (const piece of sealBackup(sealing, head, lines())) {
    await writeAll(file, piece, bytes);
    bytes += piece.length;
  }
  const { persons, conversations, leftOut } = counts;
  return { bytes, persons, conversations, leftOut, created, expires, still };
}

async function writeAll(file: FileHandle, piece: Buffer, at: number): Promise<void> {
  for (let done = 0; done < piece.length; )
    done += (await file.write(piece, done, piece.length - done, at + done)).bytesWritten;
}

/** Removes what a daemon left that was killed between making a draft and unlinking it. */
export async function removeDrafts(stateFolder: string): Promise<void> {
  for (const name of await readdir(stateFolder)) if (DRAFT.test(name)) await rm(join(stateFolder, name));
}
