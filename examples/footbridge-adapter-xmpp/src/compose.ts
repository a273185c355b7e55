import { type Element, xml } from "@xmpp/component";
import { NS } from "./namespaces.ts";

/** A stanza's two sides. */
export interface Between {
  readonly from: string;
  readonly to: string;
}

/** What XML 1.0 can't hold would end the whole stream. */
const FORBIDDEN = /(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu;

/** A text as XML can hold it. */
function clean(text: string): string {
  return text.toWellFormed().replace(FORBIDDEN, "");
}

/** A message; receipts are asked for, since they are all that says that it arrived. */
export function chatMessage(
  between: Between,
  { id, text, replyTo }: { id: string; text: string; replyTo?: { id: string; to: string } },
): Element {
  return xml(
    "message",
    { ...between, type: "chat", id },
    xml("body", {}, clean(text)),
    xml("origin-id", { xmlns: NS.stanzaId, id }),
    xml("request", { xmlns: NS.receipts }),
    xml("markable", { xmlns: NS.markers }),
    xml("active", { xmlns: NS.chatStates }),
    ...(replyTo === undefined ? [] : [xml("reply", { xmlns: NS.reply, ...replyTo })]),
  );
}

/** Says that somebody's message is ours to keep. */
export function receipt(between: Between, id: string): Element {
  return xml("message", { ...between, type: "chat" }, xml("received", { xmlns: NS.receipts, id }));
}

/** Says that somebody types, or has stopped. */
export function chatState(between: Between, typing: boolean): Element {
  const state = xml(typing ? "composing" : "paused", { xmlns: NS.chatStates });
  return xml("message", { ...between, type: "chat" }, state, xml("no-store", { xmlns: "urn:xmpp:hints" }));
}

/** A presence, with the name under which its sender is to be shown. */
export function presence(
  between: Between,
  { type, name, id }: { type?: string; name?: string; id?: string } = {},
): Element {
  const nick = name === undefined ? [] : [xml("nick", { xmlns: NS.nick }, clean(name))];
  return xml("presence", { ...between, type, id }, ...nick);
}

/** Tells a sender that their message wasn't taken. */
export function refusal(stanza: Element, type: "wait" | "cancel", condition: string): Element {
  const { from, to, id } = stanza.attrs;
  const error = xml("error", { type }, xml(condition, { xmlns: NS.stanzas }));
  return xml("message", { from: to, to: from, id, type: "error" }, error);
}

/** Who one of ours is. */
export function vcard(name: string): Element {
  return xml("vCard", { xmlns: NS.vcard }, xml("FN", {}, clean(name)), xml("NICKNAME", {}, clean(name)));
}

const FEATURES = [NS.disco, NS.vcard, NS.chatStates, NS.receipts, NS.correct, NS.retract, NS.reply];

/** What one of ours understands. */
export function features(name: string): Element {
  return xml(
    "query",
    { xmlns: NS.disco },
    xml("identity", { category: "account", type: "registered", name: clean(name) }),
    ...FEATURES.map((feature) => xml("feature", { var: feature })),
  );
}
