import type { Core, Handle } from "../core.ts";
import { notify } from "../delivery.ts";
import { child, node, now } from "../nodes.ts";
import type { Account, Device } from "../people/account.ts";
import { deviceListHash } from "../people/device-hash.ts";
import { refuse, reply } from "./reply.ts";

/**
 * `xmlns="md"` of a linked device: it logs out. Shapes: baileys lib/Socket/socket.js (`logout`), whatsmeow client.go
 * (`Logout`).
 */
export const linking: Handle = (core, caller, iq) => {
  if (child(iq, "remove-companion-device") === undefined) return refuse(caller, iq, 400, "bad-request");
  reply(caller, iq);
  remove(core, caller.device);
  // No stream error: whatsmeow would take it for a removal by somebody else, and forget its store twice.
  caller.line.end();
};

/** The owner takes a device off: its connection ends as the server ends it then (401, `device_removed`). */
export function unlink(core: Core, device: Device): void {
  remove(core, device);
  const conflict = node("conflict", { type: "device_removed" });
  device.line?.end(node("stream:error", { code: "401" }, [conflict]));
}

function remove(core: Core, device: Device): void {
  if (device.account.devices.delete(device.id)) announce(core, device, "remove");
}

/** A new device belongs to its account from now on. */
export function link(core: Core, device: Device): void {
  device.account.devices.set(device.id, device);
  announce(core, device, "add");
}

/**
 * `<notification type="devices">`, to the account itself and to all who know its devices: once for each form, since both
 * clients change the list of the form that is named and no other (baileys lib/Socket/messages-recv.js,
 * `handleDevicesNotification`; whatsmeow notification.go, `handleDeviceNotification`, which compares the hash).
 */
function announce(core: Core, changed: Device, change: "add" | "remove"): void {
  const { account } = changed;
  const told = [account, ...account.askers].flatMap((each: Account) => each.companions);
  for (const device of new Set(told)) {
    if (device === changed) continue;
    for (const form of ["lid", "pn"] as const) {
      if (form === "pn" && account.settings.hidesNumber) continue;
      const jids = [...account.devices.keys()].map((id) => ({ user: account.user(form), id, form }));
      notify(core, device, { from: account.jid(form), type: "devices" }, [
        node(change, { device_hash: deviceListHash(jids) }, [
          node("device", { jid: changed.jid(form), "key-index": String(changed.id) }),
          node("key-index-list", { ts: now() }),
        ]),
      ]);
    }
  }
}
