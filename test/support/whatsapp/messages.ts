import type { BinaryNode } from "baileys";
import type { Caller, Core, Handle } from "./core.ts";
import { deliver } from "./delivery.ts";
import { groupEnvelope, personalEnvelope } from "./envelopes.ts";
import { isGroup, userOf } from "./jids.ts";
import { child, children, node, now } from "./nodes.ts";
import type { Device } from "./people/account.ts";
import type { Group } from "./people/groups.ts";

/** What one device gets of a message. */
interface Parcel {
  readonly device: Device;
  readonly stanza: BinaryNode;
}

/**
 * `<message>`: each device gets what was encrypted for it. Shapes: baileys lib/Socket/messages-send.js (`relayMessage`),
 * whatsmeow send.go (`prepareMessageNode`, `sendGroup`) and retry.go (`handleRetryReceipt`).
 *
 * - to a person: `<participants>` with `<to jid><enc/></to>` for each device, the sender's own others too
 * - to a group: one `<enc type="skmsg">` for all, and `<participants>` for those who need the sender key
 * - the answer to a retry, or a message between own devices: one `<enc>` at the top, for the device in `participant` or `to`.
 *   Baileys repeats an answered text under `<participants>`, so the one with a `count` is the answer
 */
export const message: Handle = (core, caller, stanza) => {
  const { number } = caller.device.account;
  const fault = core.faults.take(number, "refuse-message", "lose-message", "drop-ack");
  if (fault?.kind === "lose-message") return;
  const refusal = fault?.kind === "refuse-message" ? fault.code : refusalOf(core, caller, stanza);
  if (refusal === undefined) {
    for (const parcel of parcelsOf(core, caller, stanza)) deliver(core, parcel.device, parcel.stanza);
  }
  if (fault?.kind !== "drop-ack") caller.line.send(ackOf(stanza, refusal));
};

/** The server's ack: seen with both clients, which look at `error` (handleBadAck; send.go, `SendMessage`, wants `t`). */
function ackOf({ attrs }: BinaryNode, refusal: number | undefined): BinaryNode {
  return node("ack", {
    class: "message",
    id: attrs.id,
    from: attrs.to,
    participant: attrs.participant,
    t: now(),
    error: refusal === undefined ? undefined : String(refusal),
  });
}

/** Why it isn't taken: 463 for a restricted account without a token (baileys, `MessageAccountRestriction`), 403 elsewhere. */
function refusalOf(core: Core, caller: Caller, stanza: BinaryNode): number | undefined {
  const { to = "" } = stanza.attrs;
  const sender = caller.device.account;
  if (isGroup(to)) {
    const group = core.groups.get(userOf(to));
    const silenced = group?.announcement === true && !group.admins.has(sender);
    return group?.members.has(sender) && !silenced ? undefined : 403;
  }
  const receiver = core.directory.account(to);
  if (receiver === undefined || receiver === sender || stanza.attrs.category === "peer") return undefined;
  if (core.faults.take(sender.number, "restricted") === undefined) return undefined;
  const token = child(stanza, "tctoken")?.content;
  const known = sender.tokens.get(receiver.lid);
  const shown = token !== undefined && !Array.isArray(token) && known?.equals(Buffer.from(token));
  return shown ? undefined : 463;
}

function parcelsOf(core: Core, caller: Caller, stanza: BinaryNode): Parcel[] {
  const { to = "", participant } = stanza.attrs;
  const top = children(stanza, "enc");
  const answer = top.filter(({ attrs }) => attrs.count !== undefined);
  const listed = children(child(stanza, "participants"), "to");
  const group = isGroup(to) ? core.groups.get(userOf(to)) : undefined;
  const parcel = (device: Device, encs: readonly BinaryNode[]): Parcel => ({
    device,
    stanza: group
      ? groupEnvelope(group, caller.device, stanza, encs)
      : personalEnvelope(core, caller.device, device, stanza, encs),
  });
  const alone = answer.length > 0 ? answer : top;
  if (answer.length > 0 || (group === undefined && listed.length === 0)) {
    const device = core.directory.device(participant ?? to);
    return device === undefined ? [] : [parcel(device, alone)];
  }
  const named = listed.flatMap(({ attrs, content }) => {
    const device = core.directory.device(attrs.jid ?? "");
    const own = Array.isArray(content) ? content : [];
    // Never back to where it came from: in LID groups baileys names its own device too (lib/Utils/signal.js, extractDeviceJids).
    return device === undefined || device === caller.device ? [] : [parcel(device, [...own, ...top])];
  });
  return group === undefined
    ? named
    : [...named, ...rest(group, caller.device, named, (d) => parcel(d, top))];
}

/** The devices of a group that have the sender key already. */
function rest(
  group: Group,
  sender: Device,
  named: readonly Parcel[],
  parcel: (device: Device) => Parcel,
): Parcel[] {
  const served = new Set([sender, ...named.map(({ device }) => device)]);
  return [...group.members]
    .flatMap((member) => [...member.devices.values()])
    .filter((device) => !served.has(device))
    .map(parcel);
}
