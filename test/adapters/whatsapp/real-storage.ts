import { createSecretKey } from "node:crypto";
import path from "node:path";
import type { AccountStorage } from "../../../src/adapter/index.ts";
import { accountId } from "../../../src/model/index.ts";
import { systemClock as clock } from "../../../src/observe/clock.ts";
import { createRandom } from "../../../src/observe/random.ts";
import { openFileKeyStore } from "../../../src/privacy/file-key-store.ts";
import { openKeyring } from "../../../src/privacy/keyring.ts";
import { AccountMark } from "../../../src/store/account-mark.ts";
import { accountStorage } from "../../../src/store/account-storage.ts";
import { keys } from "../../../src/store/keys.ts";
import type { Connection } from "../../../src/store/redis/connection.ts";
import { storeScripts } from "../../../src/store/store.ts";
import { Vault } from "../../../src/store/vault.ts";
import { noJournal } from "../../support/no-journal.ts";
import { connectTo, silent } from "../../support/redis.ts";

const ACCOUNT = accountId("wa");

/** The key in Redis under which all of it lies. */
export const STORAGE_KEY = keys.accountStorage(ACCOUNT);

/** An account's storage as the daemon has it: in the Redis on a socket, with keys and mark in a state folder. */
export async function realStorage(
  socket: string,
  state: string,
): Promise<{ readonly storage: AccountStorage; readonly connection: Connection }> {
  const scripts = storeScripts();
  const connection = await connectTo({ kind: "socket", path: socket }, Object.values(scripts));
  const random = createRandom();
  const kek = createSecretKey(Buffer.alloc(32, 7));
  const folder = path.join(state, "keys");
  const store = await openFileKeyStore({ folder, kek, clock, log: silent, random });
  const keyring = await openKeyring({ store, clock, random, log: silent });
  const parts = { connection, scripts, vault: new Vault(keyring, random, clock), journal: noJournal };
  return { connection, storage: await accountStorage(parts, ACCOUNT, new AccountMark(state, ACCOUNT)) };
}
