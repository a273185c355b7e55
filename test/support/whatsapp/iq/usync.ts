import type { BinaryNode } from "baileys";
import type { Caller, Core, Handle } from "../core.ts";
import { formOf, userJid } from "../jids.ts";
import { child, children, node, now } from "../nodes.ts";
import type { Account } from "../people/account.ts";
import { reply } from "./reply.ts";

/**
 * `xmlns="usync"`: who somebody is, in which form, with which devices. Shapes: baileys lib/WAUSync, whatsmeow user.go. One that
 * nobody has ("not on WhatsApp") is `contact type="out"`.
 */
export const usync: Handle = (core, caller, iq) => {
  const asked = child(iq, "usync");
  const protocols = children(child(asked, "query"));
  const users = children(child(asked, "list"), "user").map((user) =>
    answerFor(core, caller, user, protocols),
  );
  const answer = [node("result"), node("list", {}, users)];
  reply(caller, iq, [node("usync", asked?.attrs, answer)]);
};

function answerFor(
  core: Core,
  caller: Caller,
  user: BinaryNode,
  protocols: readonly BinaryNode[],
): BinaryNode {
  const contact = child(user, "contact")?.content;
  const query = contact === undefined || Array.isArray(contact) ? undefined : Buffer.from(contact);
  const jid = user.attrs.jid ?? userJid(query?.toString().replace(/@.*|\D/g, "") ?? "", "pn");
  const account = core.directory.account(jid);
  const parts = protocols.flatMap(({ tag }) => answerTo(tag, caller, jid, account, query) ?? []);
  return node("user", { jid }, parts);
}

function answerTo(
  protocol: string,
  caller: Caller,
  jid: string,
  account: Account | undefined,
  query: Buffer | undefined,
): BinaryNode | undefined {
  switch (protocol) {
    case "devices":
      return node("devices", {}, devicesOf(caller, account));
    case "lid":
      // Without it Baileys fetches no session for a number (lib/Socket/messages-send.js, `assertSessions`).
      return account && formOf(jid) === "pn" ? node("lid", { val: account.jid("lid") }) : undefined;
    case "contact":
      return node("contact", { type: account ? "in" : "out" }, query);
    case "disappearing_mode":
      return node("disappearing_mode", { duration: "0", t: "0" });
    default:
      return node(protocol);
  }
}

/** Baileys drops a device without `key-index` (lib/Utils/signal.js, `extractDeviceJids`). */
function devicesOf(caller: Caller, account: Account | undefined): BinaryNode[] {
  if (account === undefined) return [];
  account.askers.add(caller.device.account);
  const devices = [...account.devices.values()].map(({ id }) =>
    node("device", { id: String(id), "key-index": id === 0 ? undefined : String(id) }),
  );
  return [node("device-list", {}, devices), node("key-index-list", { ts: now() })];
}
