import type { BinaryNode } from "baileys";
import type { Core } from "./core.ts";
import type { Fault } from "./faults.ts";
import { children, node, now } from "./nodes.ts";
import type { Device } from "./people/account.ts";

/**
 * Brings a stanza to a device that has to acknowledge it: it waits in its mailbox until then, over any number of connections.
 * What a phone gets is swallowed.
 */
export function deliver(core: Core, device: Device, stanza: BinaryNode): void {
  if (device.id === 0) return;
  const number = device.account.number;
  const isMessage = stanza.tag === "message";
  const sent = isMessage ? spoiled(stanza, core.faults.take(number, "garble", "unavailable")) : stanza;
  device.mailbox.put(sent);
  if (isMessage && hold(core, device, sent)) return;
  const times = core.faults.take(number, "duplicate") === undefined ? 1 : 2;
  for (let time = 0; time < times; time += 1) hand(device, sent);
}

/** Tells a device something, with an id and a time, as both clients want them. */
export function notify(
  core: Core,
  device: Device,
  attrs: Readonly<Record<string, string | undefined>>,
  content: readonly BinaryNode[],
): void {
  deliver(core, device, node("notification", { id: core.nextId(), t: now(), ...attrs }, content));
}

/** Sends to a device that is there, and doesn't care whether it took it: typing and presence. */
export function hand({ line }: Device, stanza: BinaryNode): void {
  if (line !== undefined && line.mood === "well") line.send(stanza);
}

/** Whether it is held back; the last one of those that are held brings all. */
function hold(core: Core, device: Device, stanza: BinaryNode): boolean {
  if (device.held === undefined) {
    const fault = core.faults.take(device.account.number, "reverse");
    if (fault === undefined) return false;
    device.held = { count: fault.count, stanzas: [] };
  }
  const { count, stanzas } = device.held;
  stanzas.push(stanza);
  if (stanzas.length < count) return true;
  device.held = undefined;
  for (const each of stanzas.reverse()) hand(device, each);
  return true;
}

function spoiled(stanza: BinaryNode, fault: Fault | undefined): BinaryNode {
  if (fault?.kind === "garble") return garbled(stanza);
  // baileys lib/Utils/decode-wa-message.js (`decryptMessageNode`), whatsmeow message.go (`decryptMessages`).
  if (fault?.kind === "unavailable")
    return { ...stanza, content: [node("unavailable", { type: fault.type })] };
  return stanza;
}

/** The same message with one octet of its ciphertext changed, so that its MAC or signature doesn't fit. */
function garbled(stanza: BinaryNode): BinaryNode {
  const parts = children(stanza).map((part) => {
    if (part.tag !== "enc" || part.content === undefined || Array.isArray(part.content)) return part;
    const octets = Buffer.from(part.content);
    const last = octets.length - 1;
    octets[last] = (octets[last] ?? 0) ^ 1;
    return { ...part, content: octets };
  });
  return { ...stanza, content: parts };
}
