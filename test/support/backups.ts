// Backups of a world of scripted networks, and what is left of it when its disk is lost.

import { createReadStream } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeBackup } from "../../src/daemon/backup.ts";
import { networkName } from "../../src/model/ids.ts";
import { createRandom } from "../../src/observe/random.ts";
import { createBackupKey, parseOpeningKey } from "../../src/privacy/backup-key.ts";
import { openBackup } from "../../src/privacy/backup-stream.ts";
import { openFileKeyStore } from "../../src/privacy/file-key-store.ts";
import { endedSince } from "../../src/store/backup/ended.ts";
import { recordsOf } from "../../src/store/backup/record.ts";
import { restoreState } from "../../src/store/backup/restore.ts";
import type { Restored } from "../../src/store/backup/restoring.ts";
import { readJournal } from "../../src/store/file-journal.ts";
import { SCHEMA_VERSION } from "../../src/store/meta.ts";
import { storeScripts } from "../../src/store/store.ts";
import { connectTo, silent } from "./redis.ts";
import { PHONES, type TestHouse, type World } from "./test-house.ts";
import { TEST_KEK } from "./test-kek.ts";

const random = createRandom();
const BACKUP_KEY = createBackupKey(random);

/** Writes a backup of a running house; gives its path. */
export async function backUp({ house, journal }: TestHouse, world: World, name = "backup"): Promise<string> {
  if (journal === undefined) throw new Error("the world keeps no journal");
  const parts = { house, journal, version: "0.1.0", key: BACKUP_KEY.sealing, stateFolder: world.folder };
  const backup = await makeBackup(parts);
  if (backup === "no-key") throw new Error("there is one");
  const path = join(world.folder, name);
  await writeFile(path, backup.content);
  if ((await readFile(path)).length !== backup.report.bytes) throw new Error("it isn't as long as it says");
  return path;
}

/** Redis and keys are lost; the journal isn't. Then the backup is restored. No process may run. */
export async function loseAndRestore(
  world: World,
  path: string,
  clock: TestHouse["house"]["clock"],
): Promise<Restored> {
  const scripts = storeScripts();
  const connection = await connectTo(world.redis.target, Object.values(scripts));
  try {
    await connection.command("FLUSHALL");
    await rm(join(world.folder, "keys"), { recursive: true });
    const opening = parseOpeningKey(BACKUP_KEY.opening);
    const { content, head } = await openBackup(opening, createReadStream(path));
    const journal = await readJournal(join(world.folder, "journal"));
    if (journal?.head.id !== head.journal) throw new Error("it is the journal of another world");
    const log = silent;
    const folder = join(world.folder, "keys");
    const keyStore = await openFileKeyStore({ folder, kek: TEST_KEK, clock, log, random });
    const ended = endedSince(journal.entries, head);
    return await restoreState(
      {
        ...{ connection, scripts, keyStore, clock, random, log, ended },
        ...{ mark: "test", schema: SCHEMA_VERSION },
        networkOf: (account) => networkName(account === PHONES ? "sms" : "matrix"),
      },
      recordsOf(content),
    );
  } finally {
    await connection.close();
  }
}
