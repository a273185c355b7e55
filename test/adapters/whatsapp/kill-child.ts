// A process that is killed again and again: an account with its keys in a real Redis. It writes numbered texts, goes on after
// the last one that the server acknowledged, and keeps what comes in Redis, each message once.
//   node kill-child.ts <url> <root> <folder of Redis> <state folder> <lid to write to> <count>      its parent gets the QR by IPC

import { createSecretKey } from "node:crypto";
import { accountId } from "../../../src/model/index.ts";
import { systemClock as clock } from "../../../src/observe/clock.ts";
import { createRandom } from "../../../src/observe/random.ts";
import { openFileKeyStore } from "../../../src/privacy/file-key-store.ts";
import { openKeyring } from "../../../src/privacy/keyring.ts";
import { AccountMark } from "../../../src/store/account-mark.ts";
import { accountStorage } from "../../../src/store/account-storage.ts";
import { storeScripts } from "../../../src/store/store.ts";
import { Vault } from "../../../src/store/vault.ts";
import { connectTo, silent } from "../../support/redis.ts";
import { trustRoot } from "../../support/whatsapp/trust.ts";
import { DurableClient, MemoryInbox } from "./durable-client.ts";

const [url = "", root = "", socket = "", state = "", lid = "", count = "0"] = process.argv.slice(2);
const tell = (message: object): void => void process.send?.(message);
process.on("disconnect", () => process.exit(0));

const scripts = storeScripts();
const connection = await connectTo({ kind: "socket", path: socket }, Object.values(scripts));
const random = createRandom();
const kek = createSecretKey(Buffer.alloc(32, 7));
const keys = await openFileKeyStore({ folder: `${state}/keys`, kek, clock, log: silent, random });
const keyring = await openKeyring({ store: keys, clock, random, log: silent });
const store = { connection, scripts, vault: new Vault(keyring, random, clock) };
const account = accountId("wa");
const storage = await accountStorage(store, account, new AccountMark(state, account));

/** Keeps each message once, under when it came first. */
class StoredInbox extends MemoryInbox {
  override async take(...[stanza, order, message]: Parameters<MemoryInbox["take"]>): Promise<void> {
    const text = message.conversation ?? message.extendedTextMessage?.text;
    if (typeof text !== "string") return;
    const when = Date.now() * 1_000 + (order % 1_000);
    const isNew = await connection.command("ZADD", "shown", "NX", when, `${stanza.attrs.id} ${text}`);
    if (isNew === 0) await connection.command("INCR", "repeats");
  }
}

trustRoot(Buffer.from(root, "hex"));
const client = await DurableClient.on({ url, scan: () => undefined }, storage, new StoredInbox(), {
  getMessage: async ({ id }) => ({ conversation: textOf(Number(id?.slice(3))) }),
});
client.connect();
if (!client.auth.isPaired) tell({ qr: (await client.waitFor("qr")).qr });
await client.open();
tell({ open: true });

const done = await connection.command("GET", "done");
for (let next = Number(done ?? -1) + 1; next < Number(count); next += 1) await write(next);
tell({ finished: true });

/** Until the server has it, under the same id. */
async function write(number: number): Promise<void> {
  const messageId = `OUT${number}`;
  const answer = client.socket.waitForMessage<{ tag: string }>(messageId, 5_000);
  await client.socket.sendMessage(lid, { text: textOf(number) }, { messageId });
  if ((await answer) === undefined) throw new Error("found no ack");
  await connection.command("SET", "done", number);
}

function textOf(number: number): string {
  return `ours ${number}`;
}
