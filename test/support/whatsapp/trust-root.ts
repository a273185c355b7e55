// Given to a daemon with `--import`: its process trusts the loopback WhatsApp's root instead of the genuine one. The product
// has no switch for that, so it is changed from outside, once the adapter has seen that the genuine one is there.
// Not awaited: bin/start.cjs replaces the process first. The daemon loads the same module before it connects to anything.

import { ROOT_VARIABLE } from "./trusted-root.ts";

const root = Buffer.from(process.env[ROOT_VARIABLE] ?? "", "hex");
if (root.length > 0) void trust();

async function trust(): Promise<void> {
  await import("../../../adapters/whatsapp/baileys.ts");
  const { trustRoot } = await import("./trust.ts");
  trustRoot(root);
}
