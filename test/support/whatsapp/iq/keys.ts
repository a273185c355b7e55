import { setTimeout as delay } from "node:timers/promises";
import type { BinaryNode } from "baileys";
import type { Caller, Core, Handle } from "../core.ts";
import { notify } from "../delivery.ts";
import { SERVER } from "../jids.ts";
import { child, children, node, now } from "../nodes.ts";
import type { Device } from "../people/account.ts";
import { refuse, reply } from "./reply.ts";

/** With fewer one-time keys than this a device is told (MIN_PREKEY_COUNT of baileys, MinPreKeyCount of whatsmeow). */
const FEW_KEYS = 5;

/**
 * `xmlns="encrypt"`: laying down and fetching keys. Shapes: baileys lib/Utils/signal.js and lib/Socket/socket.js
 * (`getAvailablePreKeysOnServer`, `digestKeyBundle`, `rotateSignedPreKey`), whatsmeow prekeys.go.
 */
export const keys: Handle = (core, caller, iq) => {
  const { bundle } = caller.device;
  const first = children(iq)[0];
  if (iq.attrs.type === "get") {
    switch (first?.tag) {
      case "count":
        return reply(caller, iq, [node("count", { value: String(bundle.left) })]);
      case "digest":
        return reply(caller, iq, [node("digest")]);
      case "key":
        return handOut(core, caller, iq, first);
    }
    return refuse(caller, iq, 400, "bad-request");
  }
  if (first?.tag === "rotate") bundle.rotate(child(first, "skey"));
  else bundle.upload(iq);
  caller.device.toldOfLowKeys = false;
  reply(caller, iq);
};

/** Later stanzas of the same client don't wait for slow keys. */
function handOut(core: Core, caller: Caller, iq: BinaryNode, asked: BinaryNode): void {
  const slow = core.faults.take(caller.device.account.number, "slow-keys");
  const answer = () => reply(caller, iq, [node("list", {}, children(asked, "user").map(bundleFor(core)))]);
  if (slow === undefined) answer();
  else void delay(slow.ms).then(answer);
}

function bundleFor(core: Core): (user: BinaryNode) => BinaryNode {
  return ({ attrs }) => {
    const device = core.directory.device(attrs.jid ?? "");
    if (device === undefined) {
      return node("user", { jid: attrs.jid }, [node("error", { code: "404", text: "item-not-found" })]);
    }
    const bundle = node("user", { jid: attrs.jid, t: now() }, device.bundle.handOut());
    tellOfLowKeys(core, device);
    return bundle;
  };
}

/** `<notification type="encrypt"><count/>`: baileys lib/Socket/messages-recv.js (`handleEncryptNotification`), whatsmeow too. */
function tellOfLowKeys(core: Core, device: Device): void {
  if (device.id === 0 || device.toldOfLowKeys || device.bundle.left >= FEW_KEYS) return;
  device.toldOfLowKeys = true;
  notify(core, device, { from: SERVER, type: "encrypt" }, [
    node("count", { value: String(device.bundle.left) }),
  ]);
}
