import type { Feature } from "../capabilities.ts";
import type { Unbridgeable } from "../content.ts";
import type { Reason } from "../reason.ts";

/** What is said when something doesn't arrive, or not as it was sent. */
export interface DeliveryTexts {
  /** The first notice about a message that is late. `until`: a time of the day. */
  stillTrying(to: { name: string; reason: Reason; until: string }): string;
  givenUp(to: { name: string }): string;
  /** It isn't worth another try. */
  neverGoes(to: { name: string; reason: Reason }): string;
  /** It may have arrived. The answers are `1` and `2`. */
  unsure(to: { name: string }): string;
  /** Said once for each kind and conversation: they got it in another form. */
  asText(to: { name: string; feature: Feature; network: string }): string;
  /** Likewise, of something that the network has and couldn't take in one message. */
  onceAsText(to: { name: string; feature: Feature; network: string }): string;
  /** Said once for each kind and conversation: they got nothing of it. */
  cannotGet(to: { name: string; feature: Feature; network: string }): string;
  /** A kind of message that this version can't carry. */
  unbridgeable(to: { name: string; what: Unbridgeable }): string;
  /** An edit, where it goes out as a text of its own. */
  edited(text: string): string;
}

const REASON_TEXTS: Readonly<Record<Reason, string>> = {
  "not-connected": "their network is away",
  unauthorised: "their network is away",
  forbidden: "their network doesn't let us",
  unreachable: "their phone didn't take it (no route)",
  rejected: "their network refused it",
  gone: "they can't be reached there any more",
  "opted-out": "they don't take texts now",
  "not-served": "no texts go from here to numbers like theirs",
  "too-long": "it is too long",
  unsupported: "their network can't take it",
  throttled: "their network is busy",
  timeout: "their network didn't answer",
  "network-error": "their network is away",
  unsure: "their network didn't say",
  expired: "their network didn't take it in time",
  malformed: "it can't be read",
  internal: "a fault of ours",
};

const FEATURE_TEXTS: Readonly<Record<Feature, string>> = {
  formatted: "formatted text",
  edit: "edits",
  reaction: "reactions",
  delete: "deletions",
  reply: "replies",
};

const WHAT_TEXTS: Readonly<Record<Unbridgeable, string>> = {
  image: "pictures",
  video: "videos",
  audio: "voice messages",
  file: "files",
  location: "locations",
  sticker: "stickers",
  poll: "polls",
  contact: "contacts",
  encrypted: "encrypted messages",
  call: "calls",
  other: "messages of this kind",
};

/** In English. */
export const deliveryEnglish: DeliveryTexts = {
  stillTrying: ({ name, reason, until }) =>
    `Not delivered to ${name}: ${REASON_TEXTS[reason]}. We'll try until ${until}.`,
  givenUp: ({ name }) => `Not delivered to ${name}, given up. Send it again or try later.`,
  neverGoes: ({ name, reason }) => `Not delivered to ${name}: ${REASON_TEXTS[reason]}.`,
  unsure: ({ name }) =>
    `Maybe not delivered to ${name} (their network didn't say). Send again? 1 yes · 2 leave it`,
  asText: ({ name, feature, network }) =>
    `${name} can't get ${FEATURE_TEXTS[feature]} on ${network}; they got it as text.`,
  onceAsText: ({ name, feature, network }) =>
    `${name} can't get all ${FEATURE_TEXTS[feature]} on ${network}; they got one message as plain text.`,
  cannotGet: ({ name, feature, network }) => `${name} can't get ${FEATURE_TEXTS[feature]} on ${network}.`,
  unbridgeable: ({ name, what }) =>
    what === "call"
      ? "Calls don't get through here: write instead."
      : `Not delivered to ${name}: ${WHAT_TEXTS[what]} can't be sent from here yet.`,
  edited: (text) => `* ${text}`,
};
