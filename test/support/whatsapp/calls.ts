import { randomBytes } from "node:crypto";
import type { Core } from "./core.ts";
import { deliver } from "./delivery.ts";
import { node, now } from "./nodes.ts";
import type { Account } from "./people/account.ts";

/**
 * A call that rings and ends unanswered: `<call>` with `<offer>`, then with `<terminate reason="timeout">`. Shapes: baileys
 * lib/Socket/messages-recv.js (`handleCall`) and lib/Utils/generics.js (`getCallStatusFromNode`), whatsmeow call.go.
 */
export function missCall(core: Core, from: Account, to: Account): void {
  const call = { "call-id": randomBytes(16).toString("hex").toUpperCase(), "call-creator": from.jid("lid") };
  const parts = [
    node("offer", { ...call, caller_pn: from.shownNumber }, [node("audio", { enc: "opus", rate: "16000" })]),
    node("terminate", { ...call, reason: "timeout" }),
  ];
  for (const part of parts) {
    for (const device of to.companions) {
      const attrs = { id: core.nextId(), from: from.jid("lid"), t: now() };
      deliver(core, device, node("call", attrs, [part]));
    }
  }
}
