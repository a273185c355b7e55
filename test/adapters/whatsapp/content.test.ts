import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { proto } from "../../../adapters/whatsapp/baileys.ts";
import { expiryOf, readMessage } from "../../../adapters/whatsapp/inbound/content.ts";
import { textMessage, wordsIn } from "../../../adapters/whatsapp/outbound/content.ts";

type Message = proto.IMessage;
const { Type } = proto.Message.ProtocolMessage;
const text = (words: string) => ({ kind: "message", content: { kind: "text", text: words } });
const unbridgeable = (what: string) => ({ kind: "message", content: { kind: "unbridgeable", what } });
const NOTHING = { kind: "nothing" };
const MENTION = ["15550000009@s.whatsapp.net"];
const VCARD = "BEGIN:VCARD\nTEL;waid=15550000009:+1 555 000 0009\nEND:VCARD";

/** What is meant for nobody else than whom it was written to, as it would look in anything that is handed on. */
const PRIVATE = ["15550000009", "98765432101234", "Leo Fischer", "quoted words", "secret title"];

const TABLE: readonly (readonly [string, Message, object])[] = [
  ["a bare text", { conversation: "hi 👋" }, text("hi 👋")],
  ["a text with a context", { extendedTextMessage: { text: "hi" } }, text("hi")],
  [
    "a text with marks",
    { conversation: "*hi*" },
    { kind: "message", content: { kind: "text", text: "hi", spans: [{ start: 0, end: 2, style: "bold" }] } },
  ],
  [
    "a preview",
    {
      extendedTextMessage: {
        text: "https://a.example",
        matchedText: "https://a.example",
        title: "secret title",
      },
    },
    text("https://a.example"),
  ],
  [
    "a mention by number",
    { extendedTextMessage: { text: "ask @15550000009 now", contextInfo: { mentionedJid: MENTION } } },
    text("ask @someone now"),
  ],
  [
    "a mention by LID",
    {
      extendedTextMessage: {
        text: "@98765432101234!",
        contextInfo: { mentionedJid: ["98765432101234@lid"] },
      },
    },
    text("@someone!"),
  ],
  [
    "a mention of a group",
    {
      extendedTextMessage: {
        text: "in @15550000009-1234567@g.us",
        contextInfo: {
          groupMentions: [{ groupJid: "15550000009-1234567@g.us", groupSubject: "Leo Fischer" }],
        },
      },
    },
    text("in @someone"),
  ],
  ["an @ without a mention", { conversation: "@someone at 12345" }, text("@someone at 12345")],
  [
    "a quote",
    {
      extendedTextMessage: {
        text: "yes",
        contextInfo: {
          stanzaId: "Q1",
          participant: "15550000001@s.whatsapp.net",
          quotedMessage: { conversation: "quoted words" },
        },
      },
    },
    { ...text("yes"), quotes: { id: "Q1", author: "15550000001@s.whatsapp.net" } },
  ],
  [
    "a quote from a group",
    {
      extendedTextMessage: {
        text: "yes",
        contextInfo: { stanzaId: "Q1", participant: "1@lid", remoteJid: "120363@g.us" },
      },
    },
    text("yes"),
  ],
  [
    "an edit",
    {
      protocolMessage: {
        type: Type.MESSAGE_EDIT,
        key: { id: "M1", fromMe: true },
        editedMessage: { conversation: "new" },
      },
    },
    { kind: "edit", target: "M1", content: { kind: "text", text: "new" } },
  ],
  [
    "an edit in its wrapper",
    {
      editedMessage: {
        message: {
          protocolMessage: {
            type: Type.MESSAGE_EDIT,
            key: { id: "M1", fromMe: true },
            editedMessage: { extendedTextMessage: { text: "new" } },
          },
        },
      },
    },
    { kind: "edit", target: "M1", content: { kind: "text", text: "new" } },
  ],
  [
    "an edit of what another wrote",
    {
      protocolMessage: {
        type: Type.MESSAGE_EDIT,
        key: { id: "M1", fromMe: false },
        editedMessage: { conversation: "x" },
      },
    },
    NOTHING,
  ],
  [
    "a deletion",
    { protocolMessage: { type: Type.REVOKE, key: { id: "M1", fromMe: true } } },
    { kind: "delete", target: "M1" },
  ],
  [
    "a deletion of what another wrote",
    { protocolMessage: { type: Type.REVOKE, key: { id: "M1", fromMe: false, participant: "1@lid" } } },
    NOTHING,
  ],
  ["a deletion of nothing", { protocolMessage: { type: Type.REVOKE } }, NOTHING],
  [
    "a reaction to one of ours",
    { reactionMessage: { key: { id: "M1", fromMe: false }, text: "👍" } },
    { kind: "reaction", target: { id: "M1", fromSender: false }, emoji: "👍" },
  ],
  [
    "a reaction that is taken back",
    { reactionMessage: { key: { id: "M1", fromMe: true }, text: "" } },
    { kind: "reaction", target: { id: "M1", fromSender: true }, emoji: null },
  ],
  [
    "a timer",
    { protocolMessage: { type: Type.EPHEMERAL_SETTING, ephemeralExpiration: 86_400 } },
    { kind: "timer", seconds: 86_400 },
  ],
  ["a disappearing text", { ephemeralMessage: { message: { conversation: "gone" } } }, text("gone")],
  [
    "a picture to be viewed once",
    { viewOnceMessageV2: { message: { imageMessage: {} } } },
    unbridgeable("image"),
  ],
  [
    "a file with a caption",
    { documentWithCaptionMessage: { message: { documentMessage: { fileName: "Leo Fischer.pdf" } } } },
    unbridgeable("file"),
  ],
  ["a picture", { imageMessage: { caption: "quoted words" } }, unbridgeable("image")],
  ["a film", { videoMessage: {} }, unbridgeable("video")],
  ["a round film", { ptvMessage: {} }, unbridgeable("video")],
  ["a voice message", { audioMessage: { ptt: true } }, unbridgeable("audio")],
  ["a place", { locationMessage: {} }, unbridgeable("location")],
  ["a place that moves", { liveLocationMessage: {} }, unbridgeable("location")],
  ["a sticker", { stickerMessage: {} }, unbridgeable("sticker")],
  ["a poll", { pollCreationMessageV3: { name: "quoted words" } }, unbridgeable("poll")],
  ["a card", { contactMessage: { displayName: "Leo Fischer", vcard: VCARD } }, unbridgeable("contact")],
  ["cards", { contactsArrayMessage: { contacts: [{ vcard: VCARD }] } }, unbridgeable("contact")],
  ["an invitation", { groupInviteMessage: { groupName: "Leo Fischer" } }, unbridgeable("other")],
  ["an order", { orderMessage: {} }, unbridgeable("other")],
  ["what nobody knows yet", { stickerPackMessage: {} }, unbridgeable("other")],
  ["keys alone", { senderKeyDistributionMessage: { groupId: "120363@g.us" } }, NOTHING],
  ["keys and a text", { senderKeyDistributionMessage: {}, conversation: "hi" }, text("hi")],
  ["a vote", { pollUpdateMessage: {} }, NOTHING],
  ["the head of an album", { albumMessage: { expectedImageCount: 2 } }, NOTHING],
  ["an empty text", { conversation: "" }, NOTHING],
  ["nothing", {}, NOTHING],
  ["an empty wrapper", { ephemeralMessage: {} }, NOTHING],
  ["a key request", { protocolMessage: { type: Type.APP_STATE_SYNC_KEY_REQUEST } }, NOTHING],
];

describe("a message is read", () => {
  it.each(TABLE)("%s", (_, message, reading) => {
    expect(readMessage(message)).toEqual(reading);
    // As it comes over the network, too.
    const decoded = proto.Message.decode(proto.Message.encode(proto.Message.fromObject(message)).finish());
    expect(readMessage(decoded)).toEqual(reading);
  });

  it("with nothing in it that names others", () => {
    const read = TABLE.map(([, message]) => JSON.stringify(readMessage(message))).join("\n");
    for (const word of PRIVATE) expect(read).not.toContain(word);
  });

  it("whatever octets were encrypted, without an error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (octets) => {
        let message: Message;
        try {
          message = proto.Message.decode(octets);
        } catch {
          return; // Baileys refuses it before
        }
        expect(readMessage(message).kind).toMatch(/^(message|edit|delete|reaction|timer|nothing)$/);
      }),
      { numRuns: 1_000 },
    );
  });

  it("in a group with a quote from that very group, and from nowhere else", () => {
    const group = "120363041234567890@g.us";
    const quoting = (remoteJid: string | null = null) =>
      readMessage(
        { extendedTextMessage: { text: "yes", contextInfo: { stanzaId: "Q1", remoteJid } } },
        group,
      );
    const quotes = { id: "Q1", author: undefined };
    expect(quoting()).toEqual({ ...text("yes"), quotes });
    expect(quoting(group)).toEqual({ ...text("yes"), quotes });
    for (const other of ["120363099999999999@g.us", "1@lid"]) expect(quoting(other)).toEqual(text("yes"));
  });

  it("in wrappers of any depth that a client may make", () => {
    let message: Message = { conversation: "deep" };
    for (let depth = 0; depth < 4; depth += 1) message = { ephemeralMessage: { message } };
    expect(readMessage(message)).toEqual(text("deep"));
  });

  it("with the time after which it disappears", () => {
    const message = {
      ephemeralMessage: { message: { extendedTextMessage: { contextInfo: { expiration: 90 } } } },
    };
    expect(expiryOf(message)).toBe(90);
    expect(expiryOf({ conversation: "hi" })).toBeUndefined();
  });
});

describe("a text of ours", () => {
  const secret = Buffer.alloc(32, 7);

  it("is its words and 32 random octets", () => {
    const message = textMessage("hi", { secret });
    expect(proto.Message.toObject(proto.Message.fromObject(message))).toEqual({
      extendedTextMessage: { text: "hi" },
      messageContextInfo: { messageSecret: secret },
    });
    expect(wordsIn(message)).toBe("hi");
  });

  it("names what it answers, and when it disappears", () => {
    const quote = { id: "Q1", author: "98765432101234@lid", words: "which colour" };
    const { contextInfo } = textMessage("green", { secret, quote, timer: 86_400 }).extendedTextMessage ?? {};
    expect(contextInfo).toEqual({
      stanzaId: "Q1",
      participant: "98765432101234@lid",
      quotedMessage: { conversation: "which colour" },
      expiration: 86_400,
    });
  });
});
