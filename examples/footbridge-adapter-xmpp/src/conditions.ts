import type { Element } from "@xmpp/component";
import { type Outcome, type Reason, SECOND } from "footbridge/adapter";
import { NS } from "./namespaces.ts";

/** What an error stanza means for what it answers (RFC 6120, 8.3.3). */
interface Meaning {
  readonly reason: Reason;
  /** It may work later. */
  readonly again?: "throttled" | "later";
}

const CONDITIONS: Readonly<Record<string, Meaning>> = {
  "bad-request": { reason: "rejected" },
  conflict: { reason: "rejected" },
  "feature-not-implemented": { reason: "unsupported" },
  forbidden: { reason: "rejected" },
  gone: { reason: "unreachable" },
  "internal-server-error": { reason: "network-error", again: "later" },
  "item-not-found": { reason: "unreachable" },
  "jid-malformed": { reason: "unreachable" },
  "not-acceptable": { reason: "rejected" },
  "not-allowed": { reason: "rejected" },
  "not-authorized": { reason: "rejected" },
  "policy-violation": { reason: "rejected" },
  "recipient-unavailable": { reason: "unreachable" },
  redirect: { reason: "unreachable" },
  "registration-required": { reason: "rejected" },
  "remote-server-not-found": { reason: "unreachable" },
  "remote-server-timeout": { reason: "network-error", again: "later" },
  "resource-constraint": { reason: "throttled", again: "throttled" },
  "service-unavailable": { reason: "unreachable" },
  "subscription-required": { reason: "rejected" },
  "undefined-condition": { reason: "rejected" },
  "unexpected-request": { reason: "rejected" },
};

/** The condition of an error stanza, from the closed set of the RFC. */
export function conditionOf(stanza: Element): string {
  const children = stanza.getChild("error")?.getChildElements() ?? [];
  const condition =
    children.find((child) => child.getNS() === NS.stanzas && child.name !== "text")?.name ?? "";
  return Object.hasOwn(CONDITIONS, condition) ? condition : "undefined-condition";
}

/** Why something didn't arrive, in the house's words. */
export function reasonOf(condition: string): Reason {
  return CONDITIONS[condition]?.reason ?? "rejected";
}

/** What a try ended with that got this answer: it surely didn't arrive. */
export function outcomeOfError(condition: string): Outcome {
  const { reason, again } = CONDITIONS[condition] ?? { reason: "rejected" };
  if (again === "throttled")
    return { kind: "retry", reason, scope: "portal", counts: false, after: 2 * SECOND };
  if (again === "later") return { kind: "retry", reason, scope: "portal", counts: true };
  return { kind: "refused", reason, scope: "delivery" };
}
