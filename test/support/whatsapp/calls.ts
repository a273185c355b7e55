import { randomBytes } from "node:crypto";
import type { BinaryNode } from "baileys";
import type { Core, Handle } from "./core.ts";
import { deliver } from "./delivery.ts";
import { formOf } from "./jids.ts";
import { node, now } from "./nodes.ts";
import type { Account } from "./people/account.ts";

/** A client's `<call>`: it is acknowledged, and passed on to the other account (whatsmeow call.go, `RejectCall`). */
export const call: Handle = (core, caller, { attrs: { id = "", to = "" }, content }) => {
  caller.line.send(node("ack", { class: "call", id, from: to, t: now() }));
  const from = caller.device.jid(formOf(to));
  const parts = Array.isArray(content) ? content : [];
  for (const device of core.directory.account(to)?.companions ?? [])
    deliver(core, device, node("call", { id: core.nextId(), from, t: now() }, parts));
};

/** A call that rings. Shapes: baileys lib/Socket/messages-recv.js (`handleCall`), whatsmeow call.go. */
export function ring(core: Core, from: Account, to: Account): void {
  const offer = { ...newCall(from), caller_pn: from.shownNumber };
  put(core, from, to, node("offer", offer, [node("audio", { enc: "opus", rate: "16000" })]));
}

/**
 * A call that rings and ends unanswered: `<call>` with `<offer>`, then with `<terminate reason="timeout">`. Shapes: as above, and
 * lib/Utils/generics.js (`getCallStatusFromNode`).
 */
export function missCall(core: Core, from: Account, to: Account): void {
  const of = newCall(from);
  const audio = node("audio", { enc: "opus", rate: "16000" });
  put(core, from, to, node("offer", { ...of, caller_pn: from.shownNumber }, [audio]));
  put(core, from, to, node("terminate", { ...of, reason: "timeout" }));
}

function newCall(from: Account) {
  return { "call-id": randomBytes(16).toString("hex").toUpperCase(), "call-creator": from.jid("lid") };
}

function put(core: Core, from: Account, to: Account, part: BinaryNode): void {
  for (const device of to.companions)
    deliver(core, device, node("call", { id: core.nextId(), from: from.jid("lid"), t: now() }, [part]));
}
