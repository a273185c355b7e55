// A process that is killed again and again: an account with its keys in a real Redis. It writes numbered texts, goes on after
// the last one that the server acknowledged, and keeps what comes in Redis, each message once.
//   node kill-child.ts <url> <root> <folder of Redis> <state folder> <lid to write to> <count>      its parent gets the QR by IPC

import { trustRoot } from "../../support/whatsapp/trust.ts";
import { DurableClient, MemoryInbox } from "./durable-client.ts";
import { realStorage } from "./real-storage.ts";

const [url = "", root = "", socket = "", state = "", lid = "", count = "0"] = process.argv.slice(2);
const tell = (message: object): void => void process.send?.(message);
process.on("disconnect", () => process.exit(0));

const { connection, storage } = await realStorage(socket, state);

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
