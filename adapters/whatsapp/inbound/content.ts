import type { Content, Unbridgeable } from "../../../src/model/index.ts";
import { normalizeMessageContent, proto } from "../baileys.ts";
import { contentOfMarks } from "./marks.ts";

/** A message that another one names: by its id, and who wrote it as its sender sees it. */
interface Named {
  readonly id: string;
  readonly fromSender: boolean;
}

/** What a decrypted message says, free of anybody's name. */
export type Reading =
  | { readonly kind: "message"; readonly content: Content; readonly quotes?: Quote }
  | { readonly kind: "edit"; readonly target: string; readonly content: Content }
  | { readonly kind: "delete"; readonly target: string }
  | { readonly kind: "reaction"; readonly target: Named; readonly emoji: string | null }
  /** The chat's timer for disappearing messages was set; 0: off. */
  | { readonly kind: "timer"; readonly seconds: number }
  /** For the client itself, or for nobody. */
  | { readonly kind: "nothing" };

/** A quoted message: its id, and the JID of whoever wrote it. */
interface Quote {
  readonly id: string;
  readonly author: string | undefined;
}

type Message = proto.IMessage;
const { Type } = proto.Message.ProtocolMessage;

/** What holds something that this version can't carry, by the field of the message. */
const UNBRIDGEABLE: readonly (readonly [field: keyof Message, what: Unbridgeable])[] = [
  ["imageMessage", "image"],
  ["videoMessage", "video"],
  ["ptvMessage", "video"],
  ["audioMessage", "audio"],
  ["documentMessage", "file"],
  ["locationMessage", "location"],
  ["liveLocationMessage", "location"],
  ["stickerMessage", "sticker"],
  ["lottieStickerMessage", "sticker"],
  ["pollCreationMessage", "poll"],
  ["pollCreationMessageV2", "poll"],
  ["pollCreationMessageV3", "poll"],
  ["contactMessage", "contact"],
  ["contactsArrayMessage", "contact"],
];

/** What says nothing to a person: keys, news between clients, votes and pins, the head of an album whose pictures follow. */
const SILENT: ReadonlySet<string> = new Set<keyof Message>([
  "senderKeyDistributionMessage",
  "fastRatchetKeySenderKeyDistributionMessage",
  "messageContextInfo",
  "pollUpdateMessage",
  "keepInChatMessage",
  "pinInChatMessage",
  "albumMessage",
]);

/**
 * Reads a message. Names, previews, cards and the quoted words are left behind: they are what others are known by.
 * @param group the JID of the group that it was sent to
 */
export function readMessage(wrapped: Message, group?: string): Reading {
  const message = normalizeMessageContent(wrapped) ?? {};
  if (message.protocolMessage) return readProtocol(message.protocolMessage);
  if (message.reactionMessage) return readReaction(message.reactionMessage);
  const content = contentOf(message);
  if (content === undefined) return { kind: "nothing" };
  const quotes = quoteOf(message, group);
  return quotes === undefined ? { kind: "message", content } : { kind: "message", content, quotes };
}

/** After how many seconds the message disappears, where it says so. Not all clients do, so that nothing follows from silence. */
export function expiryOf(wrapped: Message): number | undefined {
  return contextOf(normalizeMessageContent(wrapped) ?? {})?.expiration || undefined;
}

function readProtocol(protocol: proto.Message.IProtocolMessage): Reading {
  const { type, key } = protocol;
  switch (type) {
    case Type.MESSAGE_EDIT: {
      const content = contentOf(normalizeMessageContent(protocol.editedMessage) ?? {});
      const isTheirs = key?.id && key.fromMe === true && content !== undefined;
      return isTheirs ? { kind: "edit", target: key.id ?? "", content } : { kind: "nothing" };
    }
    case Type.REVOKE:
      // What somebody else wrote is no sender's to delete, in a chat of two.
      return key?.id && key.fromMe === true ? { kind: "delete", target: key.id } : { kind: "nothing" };
    case Type.EPHEMERAL_SETTING:
      return { kind: "timer", seconds: protocol.ephemeralExpiration ?? 0 };
    default:
      return { kind: "nothing" };
  }
}

function readReaction({ key, text }: proto.Message.IReactionMessage): Reading {
  if (!key?.id) return { kind: "nothing" };
  const target = { id: key.id, fromSender: key.fromMe === true };
  return { kind: "reaction", target, emoji: text ? text : null };
}

/** The content of an unwrapped message; undefined when it holds nothing for people. */
function contentOf(message: Message): Content | undefined {
  const text = message.extendedTextMessage?.text ?? message.conversation;
  if (typeof text === "string" && text !== "") return contentOfMarks(withoutMentions(message, text));
  const known = UNBRIDGEABLE.find(([field]) => message[field] != null);
  if (known !== undefined) return { kind: "unbridgeable", what: known[1] };
  const holds = Object.entries(message).filter(([field, value]) => value != null && !SILENT.has(field));
  if (holds.every(([field]) => field === "conversation" || field === "extendedTextMessage")) return undefined;
  return { kind: "unbridgeable", what: "other" };
}

/** Whom a text mentions, its client wrote as `@` and their number or LID. */
function withoutMentions(message: Message, text: string): string {
  const { mentionedJid, groupMentions } = message.extendedTextMessage?.contextInfo ?? {};
  if (!mentionedJid?.length && !groupMentions?.length) return text;
  return text.replace(/@\+?\d{5,25}(?:-\d+)?(?:@[a-z.]+[a-z])?/g, "@someone");
}

function quoteOf(message: Message, group: string | undefined): Quote | undefined {
  const context = contextOf(message);
  if (!context?.stanzaId) return undefined;
  const { remoteJid } = context;
  // From another chat: a group, or somebody's status.
  const isHere =
    group === undefined ? /@(?:lid|s\.whatsapp\.net)$/.test(remoteJid ?? "") : remoteJid === group;
  if (remoteJid && !isHere) return undefined;
  return { id: context.stanzaId, author: context.participant ?? undefined };
}

function contextOf(message: Message): proto.IContextInfo | undefined {
  for (const part of Object.values(message)) {
    if (typeof part === "object" && part !== null && "contextInfo" in part && part.contextInfo) {
      return part.contextInfo as proto.IContextInfo; // each part that has such a field has it of this type
    }
  }
  return undefined;
}
