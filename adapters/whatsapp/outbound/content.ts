import { assertNever, type Content } from "../../../src/model/index.ts";
import { proto } from "../baileys.ts";
import { marksOfContent } from "./marks.ts";

/** A text of ours may have so many UTF-16 code units; what the apps themselves take. */
export const LONGEST_TEXT = 65_536;

/** The words of a content as WhatsApp writes them, or undefined for what this version can't carry. */
export function wordsOf(content: Content): string | undefined {
  switch (content.kind) {
    case "text":
      return marksOfContent(content.text, content.spans ?? []);
    case "notice":
      return content.text;
    case "unbridgeable":
      return undefined;
    default:
      return assertNever(content);
  }
}

/** What a text of ours says beside its words. */
interface TextContext {
  /** The message that it answers: its id, the JID of who wrote it, and its words. */
  readonly quote?: { readonly id: string; readonly author: string; readonly words: string };
  /** After how many seconds it disappears, as the chat has it. */
  readonly timer?: number;
  /** 32 random octets, as all clients send them; reports of abuse are made with it. */
  readonly secret: Buffer;
}

/** A text message. Nobody looks at its links: a preview would be fetched from here. */
export function textMessage(words: string, { quote, timer, secret }: TextContext): proto.IMessage {
  const quoted =
    quote === undefined
      ? {}
      : {
          stanzaId: quote.id,
          participant: quote.author,
          quotedMessage: { conversation: quote.words },
        };
  const contextInfo = { ...quoted, ...(timer === undefined ? {} : { expiration: timer }) };
  const isBare = Object.keys(contextInfo).length === 0;
  return proto.Message.create({
    extendedTextMessage: isBare ? { text: words } : { text: words, contextInfo },
    messageContextInfo: { messageSecret: secret },
  });
}

/** The words of a message that `textMessage` made. */
export function wordsIn(message: proto.IMessage | undefined): string {
  return message?.extendedTextMessage?.text ?? "";
}
