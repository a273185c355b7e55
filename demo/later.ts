import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DeliveryId } from "../src/model/ids.ts";
import type { Clock, Milliseconds } from "../src/model/time.ts";
import { createClock } from "../src/observe/clock.ts";
import type { Logger } from "../src/observe/log.ts";
import { createRandom } from "../src/observe/random.ts";
import { openFileKeyStore } from "../src/privacy/file-key-store.ts";
import { loadKek } from "../src/privacy/kek.ts";
import { openKeyring } from "../src/privacy/keyring.ts";
import { keys } from "../src/store/keys.ts";
import { Vault } from "../src/store/vault.ts";

/** What the state folder's files still give away of the texts, now and later. */
export interface Later {
  /** How many sealed deliveries are still in Redis' file: the texts, and what the bridge did by itself. */
  readonly sealed: number;
  /** How many of them can be read with the keys of now. */
  readonly now: number;
  /** How many when so much time has passed and the daemon has destroyed the keys whose time is over. */
  readonly afterwards: number;
  readonly destroyed: number;
}

const SILENT: Logger = { debug: skip, info: skip, warn: skip, error: skip };
function skip(): void {}

/**
 * Looks ahead, on a copy of a stopped daemon's state: opens the deliveries that Redis' append-only file still holds, lets the
 * real keyring destroy what a clock that is `ahead` makes it destroy, and tries again.
 */
export async function lookAhead(state: string, copy: string, ahead: Milliseconds): Promise<Later> {
  cpSync(join(state, "keys"), join(copy, "keys"), { recursive: true });
  cpSync(join(state, "kek"), join(copy, "kek"));
  const sealed = sealedDeliveries(join(state, "redis"));
  const now = await openVault(copy, createClock());
  const readable = (vault: Vault) => sealed.filter(([id, record]) => opens(vault, id, record)).length;
  const readableNow = readable(now);
  const clock = { ...createClock(), now: () => Date.now() + ahead };
  const later = await openVault(copy, clock);
  const destroyed = await later.keyring.destroyExpired(clock.now());
  return {
    sealed: sealed.length,
    now: readableNow,
    afterwards: readable(await openVault(copy, clock)), // what is left on the disk counts
    destroyed,
  };
}

async function openVault(folder: string, clock: Clock): Promise<Vault> {
  const random = createRandom();
  const keyFolder = join(folder, "keys");
  const kek = await loadKek(
    { kind: "file", path: join(folder, "kek"), create: false },
    { random, keyFolder },
  );
  const store = await openFileKeyStore({ folder: keyFolder, kek, clock, log: SILENT, random });
  return new Vault(await openKeyring({ store, clock, random, log: SILENT }), random, clock);
}

function opens(vault: Vault, id: string, record: Buffer): boolean {
  try {
    return vault.open("delivery", id, record).length > 0;
  } catch {
    return false;
  }
}

/** The sealed deliveries in Redis' append-only file, by id. */
function sealedDeliveries(folder: string): readonly (readonly [string, Buffer])[] {
  const prefix = keys.delivery("" as DeliveryId); // only its beginning is compared
  const files = join(folder, "appendonlydir");
  const found: (readonly [string, Buffer])[] = [];
  for (const name of readdirSync(files).filter((file) => file.endsWith(".incr.aof"))) {
    for (const [command, key, ...fields] of commandsIn(readFileSync(join(files, name)))) {
      const id = key?.toString();
      if (command?.toString().toUpperCase() !== "HSET" || id?.startsWith(prefix) !== true) continue;
      const at = fields.findIndex((field, i) => i % 2 === 0 && field.toString() === "p");
      const record = fields[at + 1];
      if (at >= 0 && record !== undefined) found.push([id.slice(prefix.length), record]);
    }
  }
  return found;
}

/** The commands of an append-only file: arrays of bulk strings in RESP, with `#` lines between them. */
function* commandsIn(file: Buffer): Generator<readonly Buffer[]> {
  let at = 0;
  const line = (): string => {
    const end = file.indexOf("\r\n", at);
    const found = file.toString("latin1", at, end < 0 ? file.length : end);
    at = end < 0 ? file.length : end + 2;
    return found;
  };
  while (at < file.length) {
    const head = line();
    if (!head.startsWith("*")) continue;
    const parts: Buffer[] = [];
    for (let left = Number(head.slice(1)); left > 0; left--) {
      const length = Number(line().slice(1));
      parts.push(file.subarray(at, at + length));
      at += length + 2;
    }
    yield parts;
  }
}
