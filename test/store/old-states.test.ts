// States and backups that earlier versions wrote: each of them is brought to today's schema, and is read by today's code. Whoever
// raises SCHEMA_VERSION adds a fixture of the new one (test/fixtures/make-state.ts), and the old ones stay.

import { createSecretKey } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Config } from "../../src/config/index.ts";
import { openKeyStore } from "../../src/daemon/open-keys.ts";
import { restoreOn, verifyBackup } from "../../src/daemon/restore.ts";
import type { HandleCode } from "../../src/model/handle.ts";
import type { ChatKey } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { createLogger } from "../../src/observe/logger.ts";
import { createRandom } from "../../src/observe/random.ts";
import { parseOpeningKey } from "../../src/privacy/backup-key.ts";
import { openFileKeyStore } from "../../src/privacy/file-key-store.ts";
import type { KeyStore } from "../../src/privacy/key-store.ts";
import { openKeyring } from "../../src/privacy/keyring.ts";
import type { AcceptedEvent } from "../../src/store/accepted-event.ts";
import { accountStorage } from "../../src/store/account-storage.ts";
import { familyOf } from "../../src/store/family-of.ts";
import { readJournal } from "../../src/store/file-journal.ts";
import { Lanes } from "../../src/store/lanes.ts";
import { SCHEMA_VERSION } from "../../src/store/meta.ts";
import { migrate } from "../../src/store/migrations.ts";
import { scopesOf } from "../../src/store/opt-outs.ts";
import type { Connection } from "../../src/store/redis/connection.ts";
import { scanNames } from "../../src/store/scan.ts";
import { storeScripts } from "../../src/store/store.ts";
import { Vault } from "../../src/store/vault.ts";
import { ACCOUNT, lay, PEOPLE, readFixture, type StateFixture } from "../fixtures/state.ts";
import { type FakeClock, fakeClock } from "../support/fake-clock.ts";
import { MemoryMark } from "../support/memory-storage.ts";
import { noJournal } from "../support/no-journal.ts";
import { connectTo, startTestRedis, type TestRedis } from "../support/redis.ts";
import { houseWith, type StateHouse } from "./backup/house.ts";
import { MATRIX, SMS } from "./fixture.ts";

const random = createRandom();
const log = createLogger({ level: "silent" });
const scripts = storeScripts();
let redis: TestRedis;
let connection: Connection;
let folder: string;
beforeAll(async () => {
  redis = await startTestRedis();
  connection = await connectTo(redis.target, Object.values(scripts));
});
afterAll(async () => {
  await connection.close();
  await redis.stop();
});
beforeEach(async () => {
  await connection.command("FLUSHALL");
  folder = await mkdtemp(join(tmpdir(), "fb-old-state-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function openWith(keyStore: KeyStore, clock: FakeClock): Promise<StateHouse> {
  const keyring = await openKeyring({ store: keyStore, clock, random, log });
  const store = { connection, scripts, vault: new Vault(keyring, random, clock), journal: noJournal };
  await migrate(store, { log, clock });
  return houseWith(store, clock, []);
}

/** What was so when it was written. */
async function expectPeople(house: StateHouse, { facts }: StateFixture): Promise<void> {
  const ana = await house.people.find(MATRIX, sensitive(PEOPLE.ana));
  if (ana === undefined) throw new Error("Ana is nowhere");
  expect((await house.people.find(SMS, sensitive(PEOPLE.anasPhone)))?.id).toBe(ana.id);
  const addresses = (await house.people.identities(ana)).map(({ address }) => address.expose());
  expect(addresses.sort()).toEqual([PEOPLE.anasPhone, PEOPLE.ana].sort());
  expect((await house.settings.of(ana)).prefer).toEqual([SMS, MATRIX]);
  const found = await house.handles.find(facts.handle as HandleCode); // as it was given out
  expect(found).toMatchObject({ owner: ana.id, label: "bike" });
  const mia = [{ network: SMS, address: sensitive(PEOPLE.mia) }];
  expect(await house.blocks.of(ana, "block", mia)).toMatchObject({ name: "Fox" });
  const [leo, number] = [sensitive(PEOPLE.leo), sensitive(PEOPLE.number)];
  expect(await house.optOuts.isOut(leo, scopesOf(number))).toBe(true);
  expect(await house.numberPairs.on(leo, number)).toMatchObject([{ conversation: facts.talk }]);
  expect(await house.conversations.pairs()).toEqual([facts.pair]);
  const talk = await house.conversations.load(facts.talk);
  expect(talk?.seats.map(({ name }) => name)).toEqual(["Ana", "Amber Fox"]);
  expect(talk?.seats[0]?.person).toBe(ana.id);
  expect(talk?.record).toMatchObject({ origin: "contact", open: true, label: "bike", answer: "accept" });
  expect(talk?.legs.map(({ to }) => to.expose())).toEqual([PEOPLE.ana, PEOPLE.leo]);
  expect(talk?.legs[0]?.portal?.expose()).toBe(`!${facts.talk}:canary.example`);
  const chat = talk?.legs[0]?.chat;
  expect(chat && (await house.conversations.byChat(chat))?.conversation).toBe(facts.talk);
  expect((await house.timers.due(Number.MAX_SAFE_INTEGER, 9)).map(({ kind }) => kind)).toEqual([
    "idle",
    "idle",
  ]);
  for await (const page of scanNames(connection))
    for (const name of page) expect(familyOf(name), "a key of an old state").toBeDefined();
}

describe.each(Array.from({ length: SCHEMA_VERSION }, (_, i) => [i + 1]))("schema %i", (schema) => {
  test("a state of it is read as it was written, with what waited in it", async () => {
    const fixture = await readFixture(schema);
    await lay(fixture, connection, join(folder, "keys"));
    const clock = fakeClock(fixture.at);
    const kek = createSecretKey(Buffer.from(fixture.kek, "base64"));
    const keyStore = await openFileKeyStore({ folder: join(folder, "keys"), kek, clock, log, random });
    const house = await openWith(keyStore, clock);
    await expectPeople(house, fixture);
    const storage = await accountStorage(house.store, ACCOUNT, new MemoryMark());
    expect((await storage.get("cursor"))?.expose()).toBe("place-canary");
    let events: readonly (AcceptedEvent | Error)[] = [];
    const lane = { account: ACCOUNT, chat: fixture.facts.lane as ChatKey }; // as it was named
    await new Lanes(house.store).read(lane, 0, 10, (found) => {
      events = found;
    });
    expect(events).toMatchObject([{ body: { kind: "message", content: { kind: "text", text: "hello" } } }]);
  });

  test("a backup of it is restored, and then is as the state was", async () => {
    const fixture = await readFixture(schema);
    const clock = fakeClock(fixture.at);
    await writeFile(join(folder, "backup"), Buffer.from(fixture.backup.file, "base64"));
    await writeFile(join(folder, "journal"), fixture.backup.journal);
    // As far as a restore looks at it.
    const config = {
      ...{
        state: folder,
        accounts: [],
        keys: { kek: undefined },
        backup: { journal: join(folder, "journal") },
      },
    } as unknown as Config;
    const key = parseOpeningKey(sensitive(fixture.backup.opening));
    const common = { file: join(folder, "backup"), key, clock };
    const { head } = await verifyBackup(common);
    expect(head.schema).toBe(schema);
    const journal = await readJournal(config.backup.journal);
    expect(journal?.head.id).toBe(head.journal);
    await restoreOn(connection, { ...common, config, random, log, withoutJournal: false }, { head, journal });
    const keyStore = await openKeyStore(config, { clock, random, log });
    await expectPeople(await openWith(keyStore, clock), fixture);
  });
});
