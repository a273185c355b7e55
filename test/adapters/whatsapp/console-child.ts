// A process of its own, whose output is searched: links to the server whose address and root it gets, and stays connected.
//   node console-child.ts <url> <root> quiet|loud      QR codes go to its parent, by IPC; "loud" is Baileys as it comes

import type { BaileysClient } from "../../support/whatsapp/client.ts";

const [url = "", root = "", mode = ""] = process.argv.slice(2);
const tell = (message: object): void => void process.send?.(message);
const server = { url, scan: (_number: string, qr: string) => tell({ qr }) };

async function begin(): Promise<BaileysClient> {
  if (mode === "quiet") {
    const { DurableClient } = await import("./durable-client.ts");
    await trust();
    return DurableClient.paired(server, "");
  }
  const { BaileysClient: Plain } = await import("../../support/whatsapp/client.ts");
  await trust();
  return Plain.linked(server, "");
}

async function trust(): Promise<void> {
  const { trustRoot } = await import("../../support/whatsapp/trust.ts");
  trustRoot(Buffer.from(root, "hex"));
}

const client = await begin();
tell({ linked: true });
let before = 0;
setInterval(() => {
  const texts = client.texts();
  for (; before < texts.length; before += 1) tell({ text: texts[before] });
}, 20);
process.on("disconnect", () => process.exit(0));
process.on(
  "message",
  (message: { readonly send: string; readonly text: string } | { readonly quit: true }) => {
    if ("quit" in message) void leave();
    else void client.send(message.send, { text: message.text });
  },
);

async function leave(): Promise<void> {
  const dropped = mode === "quiet" ? (await import("../../../adapters/whatsapp/quiet.ts")).droppedLines() : 0;
  process.send?.({ dropped }, () => process.exit(0));
}
