import type { BinaryNode } from "baileys";
import type { Core, Handle } from "./core.ts";
import { deliver } from "./delivery.ts";
import { formOf, isGroup } from "./jids.ts";
import { child, children, node, now } from "./nodes.ts";
import type { Device } from "./people/account.ts";

/** Receipts that concern nobody else: of copies, of history, of messages between own devices. */
const OWN: ReadonlySet<string> = new Set(["sender", "peer_msg", "hist_sync", "server-error"]);

/**
 * `<receipt>`: delivered (no type, or `inactive` from a client that isn't online), `read`, `played`, `retry`. Shapes: baileys
 * lib/Socket/messages-send.js (`sendReceipt`) and messages-recv.js (`sendRetryRequest`, `handleReceipt`), whatsmeow receipt.go
 * and retry.go. A retry goes to the very device that sent the message, all others to the author's account.
 */
export const receipt: Handle = (core, caller, stanza) => {
  const { id = "", to = "", type, participant, recipient } = stanza.attrs;
  const ids = [id, ...children(child(stanza, "list"), "item").map(({ attrs }) => attrs.id ?? "")];
  caller.device.mailbox.settleMessages(ids);
  caller.line.send(node("ack", { class: "receipt", id, from: to, type, participant, t: now() }));
  if (type !== undefined && OWN.has(type)) return;
  const author = isGroup(to) ? (participant ?? "") : to;
  const targets = targetsOf(core, caller.device, author, type);
  const from = caller.device.jid(formOf(author));
  const source = isGroup(to) ? { from: to, participant: from } : { from, recipient };
  // Official apps don't show `inactive` (whatsmeow receipt.go); but the phone beside that client, which is swallowed here,
  // would have said delivered.
  const shown = { id, type: type === "inactive" ? undefined : type, t: now(), ...source };
  for (const target of targets) deliver(core, target, node("receipt", shown, contentOf(stanza)));
};

function targetsOf(core: Core, caller: Device, author: string, type: string | undefined): readonly Device[] {
  if (type === "retry") {
    const device = core.directory.device(author);
    return device === undefined ? [] : [device];
  }
  const account = core.directory.account(author);
  if (account === undefined) return [];
  // One's own other devices learn what was read on this one.
  if (type === "read-self" || account === caller.account) {
    return caller.account.companions.filter((device) => device !== caller);
  }
  return account.companions;
}

function contentOf({ content }: BinaryNode): readonly BinaryNode[] | undefined {
  return Array.isArray(content) ? content : undefined;
}

/** `<ack>`: a client has taken what it was sent, or with `error` refuses to hear of it again (baileys lib/Utils/stanza-ack.js). */
export const ack: Handle = (_core, caller, stanza) => {
  caller.device.mailbox.settle(stanza);
};
