import type { BinaryNode } from "baileys";
import type { Core } from "./core.ts";
import { type Form, formOf, groupJid } from "./jids.ts";
import { children, node, now } from "./nodes.ts";
import type { Device } from "./people/account.ts";
import type { Group } from "./people/groups.ts";

/** What of a message goes on to its receivers, beside what is encrypted for them. */
const PASSED_ON: ReadonlySet<string> = new Set(["device-identity", "meta"]);

/**
 * A person's message as a device sees it. Attributes: baileys lib/Utils/decode-wa-message.js (`decodeMessageNode`,
 * `extractAddressingContext`), whatsmeow message.go (`parseMessageSource`).
 *
 * - `from` is the sender's device in one form, `sender_pn` or `sender_lid` the other form
 * - the copy for an own device has `recipient`, and of the two forms of *that* person the other one in `peer_recipient_*`:
 *   with `sender_pn` Baileys would take the sender's number for the recipient's
 */
export function personalEnvelope(
  core: Core,
  sender: Device,
  receiver: Device,
  stanza: BinaryNode,
  encs: readonly BinaryNode[],
): BinaryNode {
  const to = stanza.attrs.to ?? "";
  const isCopy = receiver.account === sender.account;
  // An answer to a retry of a copy is addressed to the device, and says in `recipient` whom the message was for.
  const partner = core.directory.account(stanza.attrs.recipient ?? to);
  const { addressing, hidesNumber } = sender.account.settings;
  const byLid = hidesNumber || formOf(stanza.attrs.recipient ?? to) === "lid";
  const form: Form = byLid ? "lid" : addressing;
  const isPeer = stanza.attrs.category === "peer";
  const partnerNumber = partner?.shownNumber;
  const alternative = isCopy
    ? {
        recipient: isPeer ? undefined : partner?.jid(form),
        peer_recipient_pn: isPeer || form === "pn" ? undefined : partnerNumber,
        peer_recipient_lid: isPeer || form === "lid" ? undefined : partner?.jid("lid"),
      }
    : {
        sender_pn: form === "lid" ? sender.account.shownNumber : undefined,
        sender_lid: form === "pn" ? sender.account.jid("lid") : undefined,
      };
  if (!isCopy && partner !== undefined) {
    sender.account.contacts.add(partner);
    partner.contacts.add(sender.account);
  }
  return envelope(sender, stanza, encs, { from: sender.jid(form), addressing_mode: form, ...alternative });
}

/** A group's message: `from` is the group, `participant` the sender. */
export function groupEnvelope(
  group: Group,
  sender: Device,
  stanza: BinaryNode,
  encs: readonly BinaryNode[],
): BinaryNode {
  return envelope(sender, stanza, encs, {
    from: groupJid(group.id),
    participant: sender.jid("lid"),
    participant_pn: sender.account.shownNumber,
    addressing_mode: "lid",
  });
}

function envelope(
  sender: Device,
  { attrs, ...stanza }: BinaryNode,
  encs: readonly BinaryNode[],
  source: Readonly<Record<string, string | undefined>>,
): BinaryNode {
  const { id, type, edit, category } = attrs;
  const passed = children({ attrs, ...stanza }).filter(({ tag }) => PASSED_ON.has(tag));
  const said = { id, type, edit, category, t: now(), notify: sender.account.name };
  return node("message", { ...said, ...source }, [...encs, ...passed]);
}
