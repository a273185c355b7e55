import { describe, expect, test } from "vitest";
import { english, type FrontDoor, nameWithLabel, type Reader } from "../../../src/model/texts.ts";

// What people see, word for word as the transcripts of the product have it, without what timers and groups will add.

const NUMBER: FrontDoor = { kind: "number", network: "SMS", number: "+1 555 0100" };
const LINK: FrontDoor = { kind: "link", network: "WhatsApp", url: "https://wa.me/15550100?text=" };
const USER: FrontDoor = {
  kind: "user",
  network: "Matrix",
  user: "@footbridge:example.org",
  isHere: true,
};
const bike = { label: "bike" };
const name = "Amber Fox";

describe("a handle", () => {
  test("comes with a line for each network", () => {
    const code = "k3v9-7qxm-4t";
    expect(english.handleMade({ ...bike, code, until: "22 Dec", doors: [NUMBER, LINK, USER] })).toBe(
      [
        'Handle for "bike": k3v9-7qxm-4t (until 22 Dec). Put one of these in your ad:',
        "Text k3v9-7qxm-4t to +1 555 0100",
        "WhatsApp: https://wa.me/15550100?text=k3v9-7qxm-4t",
        "Matrix: message @footbridge:example.org and send k3v9-7qxm-4t",
        'People see "bike" and nothing else about you. "handle off bike" ends it, "handles" lists them.',
      ].join("\n"),
    );
  });
});

describe("first contact, to the buyer", () => {
  const phone = { ...bike, reader: "phone" } as const;

  test.each([
    [
      english.requestSent(phone),
      `Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.`,
    ],
    [english.textKept(bike), 'Kept for "bike" until they answer.'],
    [
      english.requestAccepted({ ...phone, where: { kind: "here" } }),
      '"bike" accepted. What you text here goes to them.',
    ],
    [
      english.requestAccepted({ ...phone, where: { kind: "number", number: "+1 555 0111" } }),
      '"bike" accepted. From now on they text you from +1 555 0111.',
    ],
    [english.requestDeclined(bike), '"bike" is not available.'],
    [
      english.whatToSay(phone),
      `"bike": what do you want to tell them? They'll see your text, not your number.`,
    ],
    [english.codeNotInUse(), "That code isn't in use. Check it, or ask for a new one."],
    [english.privateRelay(), "This is a private relay. Send the code you were given."],
  ])("%s", (said, transcript) => {
    expect(said).toBe(transcript);
  });

  test.each<readonly [Reader, string]>([
    ["number", "They don't see your number."],
    ["user", "They don't see your account."],
  ])("who is known by a %s isn't told of STOP, nor of texts", (reader, sentence) => {
    const said = english.requestSent({ ...bike, reader });
    expect(said).toContain(sentence);
    expect(said).not.toMatch(/STOP|\btexts?\b/);
  });
});

describe("first contact, to the seller", () => {
  const request = {
    ...{ number: 1, ...bike, name, text: "hi is the bike still there?" },
    ...({ network: "SMS", encryption: "none" } as const),
  };

  test("a request that is the only one", () => {
    expect(english.request({ ...request, isOnly: true })).toBe(
      'Request 1 for "bike" from Amber Fox (SMS, not encrypted): "hi is the bike still there?"\n' +
        "1 accept · 2 decline · 3 block",
    );
  });

  test("one of several is answered by its number", () => {
    const said = english.request({ ...request, number: 2, isOnly: false });
    expect(said.split("\n")[1]).toBe('"2 accept" · "2 decline" · "2 block"');
  });

  test("a request's text stays on the line in which it is quoted, and is cut when it is very long", () => {
    const text = `hi"\nRequest 2 for "bike" from the bridge\u2028${"long ".repeat(200)}`;
    const said = english.request({ ...request, text, isOnly: true }).split(/[\n\u2028]/);
    expect(said).toHaveLength(2);
    expect(said[0]?.length).toBeLessThan(500);
    expect(said[0]).toMatch(/…"$/);
  });

  test("where the conversation is, and how well it is protected", () => {
    const room = nameWithLabel({ name, ...bike });
    expect(english.accepted({ name, where: { kind: "room", room } })).toBe(
      'Accepted. The conversation is in the room "Amber Fox · bike".',
    );
    expect(english.weakestHop({ network: "SMS", encryption: "none", unrecallable: ["SMS"] })).toBe(
      "Weakest hop: SMS, not encrypted. SMS can't be recalled. /help",
    );
  });
});

describe("linking", () => {
  const matrix = { network: "Matrix", kind: "user", beginning: "@al" } as const;
  const whatsapp = { network: "WhatsApp", kind: "number", ending: "42" } as const;

  test.each([
    [
      english.linkCode({ code: "48213067", minutes: 10, doors: [NUMBER, LINK, USER] }),
      "From the other account, send 4821 3067 within 10 minutes:\n" +
        "SMS: text 48213067 to +1 555 0100 · WhatsApp: https://wa.me/15550100?text=48213067 · " +
        "another Matrix account: send it to me there",
    ],
    [
      english.joinLink({ own: "WhatsApp", other: matrix }),
      'Link this WhatsApp account with the Matrix account @al…? Either can undo it at any time with "unlink". 1 yes · 2 no',
    ],
    [english.linkAsked({ network: "Matrix" }), "Asked. Please say yes on Matrix too."],
    [
      english.confirmLink({ other: whatsapp }),
      "A WhatsApp account (number ending 42) wants to be linked with this one. 1 yes · 2 no",
    ],
    [
      english.linked({ own: "Matrix", others: [whatsapp], prefer: ["whatsapp", "matrix"] }),
      'Linked: Matrix, WhatsApp ··42. Messages reach you where you last wrote from; "prefer whatsapp, matrix" changes ' +
        'that. "me" shows what is linked.',
    ],
    [english.unlinked(), "Unlinked. Conversations that were only there are closed for you."],
  ])("%s", (said, transcript) => {
    expect(said).toBe(transcript);
  });

  test("an article goes with how a network's name is said", () => {
    const said = (network: string) => english.confirmLink({ other: { ...whatsapp, network } });
    expect(said("SMS")).toMatch(/^An SMS account/);
    expect(said("RCS")).toMatch(/^An RCS account/);
    expect(said("Instagram")).toMatch(/^An Instagram account/);
    expect(said("Matrix")).toMatch(/^A Matrix account/);
  });

  test("an account on the same network isn't offered as a preference", () => {
    const other = { ...matrix, beginning: "@bo" };
    expect(english.linked({ own: "Matrix", others: [other], prefer: ["matrix"] })).toBe(
      'Linked: Matrix, Matrix @bo…. Messages reach you where you last wrote from. "me" shows what is linked.',
    );
  });
});

describe("several conversations in one chat", () => {
  const ana = { name: "Ana", label: "bike" };
  const leo = { name: "Leo", label: "lamp" };

  test.each([
    [english.said({ ...ana, text: "is it still there?" }), "Ana · bike: is it still there?"],
    [english.toWhom({ conversations: [ana, leo] }), "To whom? 1 Ana · bike  2 Leo · lamp"],
    [english.wentTo({ name: "Ana" }), "-> Ana"],
  ])("%s", (said, transcript) => {
    expect(said).toBe(transcript);
  });
});

describe("when something doesn't arrive", () => {
  test.each([
    [
      english.stillTrying({ name, reason: "unreachable", until: "18:00" }),
      "Not delivered to Amber Fox: their phone didn't take it (no route). We'll try until 18:00.",
    ],
    [english.givenUp({ name }), "Not delivered to Amber Fox, given up. Send it again or try later."],
    [
      english.asText({ name, feature: "reply", network: "SMS" }),
      "Amber Fox can't get replies on SMS; they got it as text.",
    ],
    [
      english.unsure({ name }),
      "Maybe not delivered to Amber Fox (their network didn't say). Send again? 1 yes · 2 leave it",
    ],
  ])("%s", (said, transcript) => {
    expect(said).toBe(transcript);
  });
});

describe("control", () => {
  test.each([
    [
      english.blocked(),
      `Blocked, on all networks. They aren't told. "/blocked" lists, "/unblock NAME" undoes.`,
    ],
    [english.stopped(), "You won't get texts from this service any more. START to come back."],
    [
      english.encryptedRoom({ invited: true }),
      "I can't read encrypted rooms here yet. I've invited you to one that I can read.",
    ],
  ])("%s", (said, transcript) => {
    expect(said).toBe(transcript);
  });
});
