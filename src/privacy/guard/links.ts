import { type Finding, type Stretch, stretches } from "./found.ts";

const SCHEME = String.raw`(?:https?:\/\/)?(?:www\.)?`;
const NOT_INSIDE = String.raw`(?<![\p{L}\d@.-])`;
/** A dot or slash of a short address, written out or set apart. */
const DOT = String.raw`(?: ?\. ?| ?[(\[{<] ?(?:dot|\.) ?[)\]}>] ?| (?:dot|punto|ponto|punkt|point) )`;
const SLASH = String.raw`(?: ?\/ ?| (?:slash|barra) )`;

/** Addresses that open a chat with somebody, by the service whose they are. */
const CHAT_LINKS: readonly RegExp[] = [
  new RegExp(`${NOT_INSIDE}${SCHEME}(?:(?:api|web|chat|go)\\.)?whatsapp\\.com\\/\\S+`, "gu"),
  new RegExp(
    `${NOT_INSIDE}${SCHEME}(?:telegram\\.(?:me|dog)|signal\\.(?:me|group)|messenger\\.com\\/t)\\/\\S+`,
    "gu",
  ),
  // wa.me/447…, t.me/name, m.me/name; "t dot me slash name"
  new RegExp(`${NOT_INSIDE}${SCHEME}(?:wa|t|m)${DOT}me${SLASH}[^\\s/]\\S*`, "gu"),
  /(?<![\p{L}\d])(?:whatsapp|tg|viber|sgnl|skype|xmpp|sips?|tel|sms|smsto|mmsto|mailto):(?:\/\/)?[^\s/]\S*/gu,
  new RegExp(`${NOT_INSIDE}${SCHEME}matrix\\.to\\/#\\/(?:@|%40)\\S+`, "gu"),
  /(?<![\p{L}\d])matrix:u\/\S+/gu,
];

const CARDS: readonly RegExp[] = [
  /begin:vcard(?:(?!end:vcard)[\s\S])*(?:end:vcard)?/g,
  /(?<![\p{L}\d])mecard:[^\n]*/gu,
];

/** What may end a sentence after a link. */
const AFTER_LINK = /[.,;:!?)\]}>'"]+$/;

/** Finds links that open a chat, and dial or mail links. */
export function findLinks(text: string): Finding[] {
  return CHAT_LINKS.flatMap((pattern) => stretches(text, pattern)).map((stretch) => ({
    kind: "link",
    ...trimmed(text, stretch),
  }));
}

/** Finds contact cards that are pasted as text (vCard, MeCard). */
export function findCards(text: string): Finding[] {
  return CARDS.flatMap((pattern) => stretches(text, pattern)).map((stretch) => ({
    kind: "card",
    ...stretch,
  }));
}

function trimmed(text: string, { start, end }: Stretch): Stretch {
  const over = AFTER_LINK.exec(text.slice(start, end))?.[0].length ?? 0;
  return { start, end: end - over };
}
