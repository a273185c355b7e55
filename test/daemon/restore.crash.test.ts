// A restore that is cut off at any call of Redis: what is left is plainly unfinished, and the next one comes to the same end.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Config } from "../../src/config/index.ts";
import { makeBackup } from "../../src/daemon/backup.ts";
import { openKeyStore } from "../../src/daemon/open-keys.ts";
import { RestoreRefused, restoreOn, verifyBackup } from "../../src/daemon/restore.ts";
import type { CanonicalId } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { createLogger } from "../../src/observe/logger.ts";
import { createRandom } from "../../src/observe/random.ts";
import { Pause } from "../../src/pipeline/pause.ts";
import { createBackupKey, parseOpeningKey } from "../../src/privacy/backup-key.ts";
import { openKeyring } from "../../src/privacy/keyring.ts";
import { openFileJournal, readJournal } from "../../src/store/file-journal.ts";
import { keys } from "../../src/store/keys.ts";
import { claimSchema, RESTORING, RestoreUnfinished } from "../../src/store/meta.ts";
import { scopesOf } from "../../src/store/opt-outs.ts";
import type { Connection } from "../../src/store/redis/connection.ts";
import { StoreAway } from "../../src/store/redis/errors.ts";
import { storeScripts } from "../../src/store/store.ts";
import { Vault } from "../../src/store/vault.ts";
import {
  converse,
  houseWith,
  openStateBench,
  readState,
  type StateBench,
  type StateHouse,
} from "../store/backup/house.ts";
import { dyingConnection, MATRIX, newId } from "../store/fixture.ts";
import { makeHandle } from "../store/handles.fixture.ts";

const random = createRandom();
const log = createLogger({ level: "silent" });
const key = createBackupKey(random);
const ANA = sensitive("@ana.canary:example.org");
const LEO = sensitive("+351910000001");
const NUMBER = sensitive("+15550100111");

let bench: StateBench;
let folder: string;
let file: string;
let house: StateHouse;
let asked: Parameters<typeof readState>[1];

beforeAll(async () => {
  bench = await openStateBench();
  folder = await mkdtemp(join(tmpdir(), "fb-restore-"));
  file = join(folder, "backup");
  house = await bench.begin();
  const { clock } = house;
  const journal = await openFileJournal({ path: join(folder, "journal"), clock, random, log });
  const talk = await converse(house, ANA, LEO, NUMBER);
  const ended = await converse(house, ANA, sensitive("+351910000002"), NUMBER);
  const ana = await house.people.findOrCreate(MATRIX, ANA);
  const { code } = await makeHandle(house.handles, ana, "bike");
  await house.optOuts.set(LEO, scopesOf(NUMBER), newId<CanonicalId>());
  const parts = { house: { store: house.store, clock, log, pause: new Pause() }, journal };
  const made = await makeBackup({ ...parts, version: "0.1.0", key: key.sealing, stateFolder: folder });
  if (made === "no-key") throw new Error("there is one");
  await writeFile(file, made.content);
  await journal.note({ kind: "closed", conversation: ended.id });
  asked = {
    ...{ rooms: [ANA], phones: [LEO], numbers: [NUMBER], conversations: [talk.id, ended.id], codes: [code] },
    chats: talk.legs.flatMap(({ chat }) => chat ?? []),
  };
});
afterAll(async () => {
  await bench.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Place {
  readonly config: Config;
  restore(connection: Connection): Promise<unknown>;
  read(): Promise<unknown>;
}

/** An empty state folder, and the second Redis, emptied. */
async function place(): Promise<Place> {
  await bench.target.command("FLUSHALL");
  const state = await mkdtemp(join(folder, "state-"));
  // As far as a restore looks at it.
  const config = {
    ...{ state, accounts: [], keys: { kek: undefined }, backup: { journal: join(folder, "journal") } },
  } as unknown as Config;
  const { clock } = house;
  const opening = parseOpeningKey(key.opening);
  const common = { file, key: opening, clock };
  return {
    config,
    restore: async (connection) => {
      const { head } = await verifyBackup(common);
      const journal = await readJournal(config.backup.journal);
      return restoreOn(
        connection,
        { ...common, config, random, log, withoutJournal: false },
        { head, journal },
      );
    },
    read: async () => {
      const keyStore = await openKeyStore(config, { clock, random, log });
      const keyring = await openKeyring({ store: keyStore, clock, random, log });
      const journal = { note: async () => undefined };
      const vault = new Vault(keyring, random, clock);
      const store = { connection: bench.target, scripts: storeScripts(), vault, journal };
      return readState(houseWith(store, clock, []), asked);
    },
  };
}

/** Whether it was cut off. */
async function isCutOff(restoring: Promise<unknown>): Promise<boolean> {
  try {
    await restoring;
    return false;
  } catch (error) {
    if (error instanceof StoreAway) return true;
    throw error;
  }
}

test("cut off at any call, a restore is refused by a daemon and done by the next one", async () => {
  const whole = await place();
  await whole.restore(bench.target);
  const expected = await whole.read();
  expect(JSON.stringify(expected)).toContain("bike");
  let unfinished = 0;
  for (let at = 1; ; at++) {
    const { read, restore } = await place();
    if (!(await isCutOff(restore(dyingConnection(bench.target, at, at % 2 === 0))))) break;
    const reply = await bench.target.command("HMGET", keys.meta, RESTORING, "schema");
    const [restoring, schema] = Array.isArray(reply) ? reply : [];
    if (restoring !== null) {
      unfinished += 1;
      await expect(claimSchema({ connection: bench.target })).rejects.toThrow(RestoreUnfinished);
    } else if (schema !== null) {
      expect(await read(), "only its answer was lost").toEqual(expected);
      continue;
    } else expect(await bench.target.command("DBSIZE"), "nothing was begun").toBe(0);
    await restore(bench.target);
    expect(await read(), String(at)).toEqual(expected);
    expect(await claimSchema({ connection: bench.target })).toBe(1);
  }
  expect(unfinished).toBeGreaterThan(30);
}, 120_000);

test("what is there already is never written over: it is said what it is", async () => {
  const { config, restore } = await place();
  await restore(bench.target);
  await expect(restore(bench.target)).rejects.toThrow(RestoreRefused);
  await expect(restore(bench.target)).rejects.toThrow(/^Redis isn't empty, it holds .*person \(3\)/);
  await bench.target.command("FLUSHALL");
  await expect(restore(bench.target)).rejects.toThrow(/holds keys of another state/);
  // The mark of another restore in Redis isn't this folder's: its keys stay.
  await bench.target.command("HSET", "{meta}", "restoring", "of another folder");
  await expect(restore(bench.target)).rejects.toThrow(/^Redis isn't empty, it holds the store itself \(1\)/);
  await bench.target.command("FLUSHALL");
  await bench.target.command("SET", "session:+15550100", "x");
  await expect(restore(bench.target)).rejects.toThrow(/it holds keys of something else \(1\)/);
  expect(config.state).toContain("state-");
});
