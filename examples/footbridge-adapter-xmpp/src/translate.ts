import { createHash } from "node:crypto";
import type { Element } from "@xmpp/component";
import {
  type EventIdentity,
  type InboundBody,
  type InboundEvent,
  sensitive,
  type Timestamp,
} from "footbridge/adapter";
import { conditionOf, reasonOf } from "./conditions.ts";
import { contentOf } from "./content.ts";
import { NS } from "./namespaces.ts";
import { chatOf, refOf, type XmppPortal } from "./portal.ts";

/** What a message is for the house. */
export type Translated =
  /** `receipt`: the id that its sender wants confirmed once it is ours. */
  | { readonly kind: "event"; readonly event: InboundEvent; readonly receipt?: string }
  | { readonly kind: "typing"; readonly typing: boolean }
  /** It isn't taken, and its sender is told so. */
  | { readonly kind: "refused"; readonly condition: string }
  | { readonly kind: "nothing" };

/**
 * A message of the network as the house knows it.
 * @param nonce for one that has no id: nobody brings it twice, so that each is one of its own.
 */
export function translate(
  stanza: Element,
  portal: XmppPortal,
  now: Timestamp,
  nonce: () => string,
): Translated {
  if (stanza.attrs.type === "groupchat" || stanza.getChild("x", NS.mucUser) !== undefined)
    return { kind: "refused", condition: "not-acceptable" };
  const body = bodyOf(stanza, portal);
  if (body === undefined) return typingOf(stanza);
  const { id } = stanza.attrs;
  const isMessage = body.kind === "message";
  const wants = stanza.getChild("request", NS.receipts) !== undefined && stanza.attrs.type !== "error";
  return {
    kind: "event",
    event: {
      identity: identityOf(stanza, portal, body, nonce),
      chat: chatOf(portal),
      from: sensitive(portal.person),
      ...timeOf(stanza, now),
      ...(isMessage && id !== undefined ? { ref: refOf(portal, id) } : {}),
      body,
    },
    ...(wants && id !== undefined ? { receipt: id } : {}),
  };
}

function bodyOf(stanza: Element, portal: XmppPortal): InboundBody | undefined {
  if (stanza.attrs.type === "error") return bounceOf(stanza, portal);
  return statusOf(stanza, portal) ?? changeOf(stanza, portal) ?? messageOf(stanza, portal);
}

/** An error that came after the server had taken the message: from a server farther away, most often. */
function bounceOf(stanza: Element, portal: XmppPortal): InboundBody | undefined {
  const { id } = stanza.attrs;
  if (id === undefined) return undefined;
  return {
    kind: "status",
    targets: [refOf(portal, id)],
    status: "failed",
    reason: reasonOf(conditionOf(stanza)),
  };
}

function statusOf(stanza: Element, portal: XmppPortal): InboundBody | undefined {
  const received = stanza.getChild("received", NS.receipts)?.attrs.id;
  if (received !== undefined)
    return { kind: "status", targets: [refOf(portal, received)], status: "delivered" };
  const displayed = stanza.getChild("displayed", NS.markers)?.attrs.id;
  if (displayed !== undefined) return { kind: "status", targets: [refOf(portal, displayed)], status: "read" };
  return undefined;
}

function changeOf(stanza: Element, portal: XmppPortal): InboundBody | undefined {
  const retracted = stanza.getChild("retract", NS.retract)?.attrs.id;
  if (retracted !== undefined) return { kind: "delete", targets: [refOf(portal, retracted)] };
  const reactions = stanza.getChild("reactions", NS.reactions);
  if (reactions?.attrs.id !== undefined) {
    const emoji = reactions.getChild("reaction")?.text() ?? null;
    return { kind: "reaction", target: refOf(portal, reactions.attrs.id), emoji };
  }
  const replaced = stanza.getChild("replace", NS.correct)?.attrs.id;
  const content = replaced === undefined ? undefined : contentOf(stanza);
  if (replaced === undefined || content === undefined) return undefined;
  return { kind: "edit", target: refOf(portal, replaced), content };
}

function messageOf(stanza: Element, portal: XmppPortal): InboundBody | undefined {
  const content = contentOf(stanza);
  if (content === undefined) return undefined;
  const replied = stanza.getChild("reply", NS.reply)?.attrs.id;
  return { kind: "message", content, ...(replied === undefined ? {} : { replyTo: refOf(portal, replied) }) };
}

function typingOf(stanza: Element): Translated {
  const state = stanza.getChildElements().find((child) => child.getNS() === NS.chatStates)?.name;
  return state === undefined ? { kind: "nothing" } : { kind: "typing", typing: state === "composing" };
}

/**
 * Its sender's client chose the id, and some count from 1 again at each start: what it says is part of the identity, so that no
 * new text is ever taken for an old one that had the same id.
 */
function identityOf(
  stanza: Element,
  portal: XmppPortal,
  body: InboundBody,
  nonce: () => string,
): EventIdentity {
  const id = stanza.getChild("origin-id", NS.stanzaId)?.attrs.id ?? stanza.attrs.id ?? nonce();
  const said = [portal.ours, portal.person, id, body.kind, stanza.getChild("body")?.text() ?? ""];
  const targets = "targets" in body ? body.targets.map((target) => target.expose()) : [];
  const text = JSON.stringify([...said, ...targets, "status" in body ? body.status : ""]);
  return { kind: "id", id: sensitive(createHash("sha256").update(text).digest("base64url")) };
}

function timeOf(stanza: Element, now: Timestamp): Pick<InboundEvent, "at" | "timing"> {
  const stamp = Date.parse(stanza.getChild("delay", NS.delay)?.attrs.stamp ?? "");
  if (Number.isNaN(stamp) || stamp <= 0) return { at: now, timing: "live" };
  return { at: Math.min(stamp, now), timing: "caughtUp" };
}
