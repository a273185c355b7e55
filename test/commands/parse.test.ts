import { describe, expect, test } from "vitest";
import { type Parsed, parse } from "../../src/commands/parse.ts";
import { refusalText } from "../../src/commands/refusal.ts";
import { english } from "../../src/model/texts.ts";
import { DAY, HOUR } from "../../src/model/time.ts";
import { CONTROL_ROOM, FRONT_DOOR, POOL_NUMBER, ROOM, SHARED_CHAT } from "./places.ts";

const AMBER = { target: { kind: "person", name: "Amber Fox" } };

/** The command that a text is, or what else it is. */
function given(text: string, place = CONTROL_ROOM): object {
  const parsed = parse(text, place);
  return parsed.kind === "command" ? parsed.command : parsed;
}

/** What is answered to a text that is refused. */
function answered(text: string, place = CONTROL_ROOM): string {
  const parsed: Parsed = parse(text, place);
  if (parsed.kind === "command" || parsed.kind === "text") throw new Error(`${text} is a ${parsed.kind}`);
  return refusalText(parsed, place, english);
}

describe("in a desk bare words are commands", () => {
  test.each<readonly [string, object]>([
    ["handle new bike for 30d", { kind: "handle-new", label: "bike", lifetime: 30 * DAY }],
    ["handle new old red bike", { kind: "handle-new", label: "old red bike", lifetime: undefined }],
    ["new handle bike", { kind: "handle-new", label: "bike", lifetime: undefined }],
    ["handles", { kind: "handles" }],
    ["handle links bike", { kind: "handle-links", label: "bike" }],
    ["handle off bike", { kind: "handle-off", label: "bike" }],
    ["link", { kind: "link" }],
    ["unlink", { kind: "unlink", network: undefined, hint: undefined }],
    ["unlink whatsapp", { kind: "unlink", network: "whatsapp", hint: undefined }],
    ["unlink sms ··42", { kind: "unlink", network: "sms", hint: "42" }],
    ["unlink Matrix @Al…", { kind: "unlink", network: "matrix", hint: "@al" }],
    ["me", { kind: "me" }],
    ["prefer whatsapp, matrix", { kind: "prefer", networks: ["whatsapp", "matrix"] }],
    ["prefer sms then Matrix and sms", { kind: "prefer", networks: ["sms", "matrix"] }],
    ["prefer last", { kind: "prefer", networks: [] }],
    ["requests", { kind: "requests" }],
    ["accept", { kind: "accept", request: undefined }],
    ["decline 2", { kind: "decline", request: 2 }],
    ["block 3", { kind: "block", target: { kind: "request", request: 3 } }],
    ["block Amber Fox", { kind: "block", ...AMBER }],
    ["block Amber Fox · bike", { kind: "block", ...AMBER }],
    ["block Amber Fox - bike", { kind: "block", ...AMBER }],
    ["blocked", { kind: "blocked" }],
    ["unblock Ana-Maria", { kind: "unblock", name: "Ana-Maria" }],
    ["mute Amber Fox", { kind: "mute", ...AMBER }],
    ["unmute Amber Fox", { kind: "unmute", ...AMBER }],
    ["list", { kind: "list" }],
    ["guard off", { kind: "guard", on: false }],
    ["export", { kind: "export" }],
    ["forget me", { kind: "forget-me" }],
    ["help", { kind: "help", about: undefined }],
    ["help me", { kind: "help", about: undefined }],
    ["help handle", { kind: "help", about: "handle" }],
    ["?", { kind: "help", about: undefined }],
  ])("%s", (text, command) => {
    expect(given(text)).toEqual(command);
  });

  test.each([
    "LINK",
    "  link ",
    "Link.",
    "link!!",
    "/link",
    "/ Link",
    '"link"',
    "“link”",
    "link\n",
    "\u200blink\u00a0",
    "\u2067link\u2069",
  ])("%j is `link`", (text) => {
    expect(given(text)).toEqual({ kind: "link" });
  });

  test.each([
    ["Handle   New  Bike  For 2 Weeks.", "Bike", 14 * DAY],
    ['handle new "bike" for a month', "bike", 30 * DAY],
    ["handle new bike for 36 h", "bike", 36 * HOUR],
    ["handle new bike for sale", "bike for sale", undefined],
    ["handle new bike for a friend", "bike for a friend", undefined],
    ["handle new bike for 300 euros", "bike for 300 euros", undefined],
    ["handle new bike for sale for 1 day", "bike for sale", DAY],
    ["handle new vélo", "vélo", undefined],
    ["handle new ve\u0301lo", "vélo", undefined],
  ])("%s: a label and how long it lasts", (text, label, lifetime) => {
    expect(given(text)).toEqual({ kind: "handle-new", label, lifetime });
  });
});

describe("in a desk an ordinary sentence is no command", () => {
  test.each([
    "link me up with the seller",
    "me too",
    "block the view from the window with a curtain",
    "list of things that I need: bread, milk",
    "help me to carry the sofa on Sunday please",
    "handle with care",
    "name tags are in the box on the left",
    "prefer coffee over tea",
    "export of bananas",
    "guard dogs bark",
    "accept my apologies",
    "forget me not",
    "unlink everything please, and that soon",
    "link\nand some more",
    "block\nAmber Fox",
    "handle new\nbike",
    "is the bike still there?",
    "1",
    "//help",
    "",
    "   ",
    "...",
  ])("%j", (text) => {
    expect(parse(text, FRONT_DOOR).kind).toBe("none");
  });

  test("nor is a misspelt one: a guess could block somebody", () => {
    expect(parse("blok Amber Fox", CONTROL_ROOM)).toEqual({ kind: "none", near: "block" });
    expect(answered("handels")).toBe(`I don't know that. Did you mean "handles"? "help" lists what I do.`);
    expect(answered("handle bike")).toContain('Did you mean "handle new"?');
    expect(answered("/froget me")).toContain('Did you mean "forget me"?');
    expect(parse("blok the view from the window", CONTROL_ROOM)).toEqual({ kind: "none", near: undefined });
    expect(answered("what do you think of all this")).toBe(`I don't know that. "help" lists what I do.`);
  });
});

describe("a command that can't be done as it stands says what is wrong and shows one that works", () => {
  test.each([
    ["handle new", "A label is missing. Like this: handle new bike for 30d"],
    ["handle new for 30d", "A label is missing. Like this: handle new bike for 30d"],
    [
      "handle new bike for 10 minutes",
      "It can last from 1 hour to 365 days. Like this: handle new bike for 30d",
    ],
    ["handle new bike for 3", "It can last from 1 hour to 365 days. Like this: handle new bike for 30d"],
    ["handle new bike for 366d", "It can last from 1 hour to 365 days. Like this: handle new bike for 30d"],
    [
      "handle new call 555 123 4567",
      "Others see the label: leave numbers and addresses out. Like this: handle new bike for 30d",
    ],
    [
      "handle new ana@example.org",
      "Others see the label: leave numbers and addresses out. Like this: handle new bike for 30d",
    ],
    ['handle new my "bike', "A label is plain text without quotes. Like this: handle new bike for 30d"],
    [`handle new ${"a".repeat(31)}`, "A label has at most 30 characters. Like this: handle new bike for 30d"],
    ["handle off", "A label is missing. Like this: handle off bike"],
    ["block", "A name is missing. Like this: block Amber Fox"],
    ["unblock", "A name is missing. Like this: unblock Ana"],
    ["guard", '"on" or "off" is missing. Like this: guard off'],
    ["prefer", "A network is missing. Like this: prefer matrix, sms"],
    [
      "prefer telegram, sms",
      'There is no network "telegram" here, only matrix, sms, whatsapp. Like this: prefer matrix, sms',
    ],
    ["/link me up", "I can't read that. Like this: link"],
  ])("%s", (text, sentence) => {
    expect(answered(text)).toBe(sentence);
  });

  test.each([
    ["/name", "A name is missing. Like this: /name Ana"],
    ["/name Ana <3", "A name has letters, digits, spaces, - ' and dots. Like this: /name Ana"],
    ["/name +1 415 555 0100", "A name has letters, digits, spaces, - ' and dots. Like this: /name Ana"],
    ["/name 1234", "A name has letters, digits, spaces, - ' and dots. Like this: /name Ana"],
    [`/name ${"Ana".repeat(11)}`, "A name has at most 30 characters. Like this: /name Ana"],
    [
      "/block me, you and everybody",
      "A name has letters, digits, spaces, - ' and dots. Like this: /block Amber Fox",
    ],
    ["/help\nwhat can I do?", "A command goes on one line. Like this: /help handle"],
  ])("%s", (text, sentence) => {
    expect(answered(text, ROOM)).toBe(sentence);
  });
});

describe("in a conversation all is a message but what begins with a slash", () => {
  test.each([
    "help",
    "block",
    "block Amber Fox",
    "1",
    "yes",
    "/ block",
    "/",
    "/1",
    "/:",
    "a /block",
    "",
    "half/half",
  ])("%j is a message", (text) => {
    for (const place of [ROOM, SHARED_CHAT, POOL_NUMBER])
      expect(parse(text, place)).toEqual({ kind: "none", near: undefined });
  });

  test.each<readonly [string, object]>([
    ["/block", { kind: "block", target: { kind: "here" } }],
    [" /BLOCK. ", { kind: "block", target: { kind: "here" } }],
    ["/mute", { kind: "mute", target: { kind: "here" } }],
    ["/unmute Amber Fox", { kind: "unmute", ...AMBER }],
    ["/name Ana", { kind: "name", name: "Ana" }],
    ["/name José María", { kind: "name", name: "José María" }],
    ["/guard on", { kind: "guard", on: true }],
    ["/help", { kind: "help", about: undefined }],
    ["/help /block", { kind: "help", about: "block" }],
  ])("%s", (text, command) => {
    expect(given(text, ROOM)).toEqual(command);
    expect(given(text, SHARED_CHAT)).toEqual(command);
  });

  test("an unknown one isn't sent, and says how it would be", () => {
    expect(parse("/shrug", ROOM)).toEqual({ kind: "unknown", word: "shrug", near: undefined });
    expect(answered("/shrug well", ROOM)).toBe(
      "Not sent: /shrug is no command. To send it as a text, begin with //",
    );
    expect(answered("/blok", ROOM)).toBe(
      'Not sent: /blok is no command. Did you mean "/block"? To send it as a text, begin with //',
    );
    expect(answered("/etc/passwd", ROOM)).toContain("Not sent: /etc/passwd is no command.");
    expect(answered(`/${"a".repeat(200)}`, POOL_NUMBER).length).toBeLessThan(160);
  });

  test.each([
    ["//shrug", "/shrug", 0],
    ["  //shrug it", "  /shrug it", 2],
    ["///shrug", "//shrug", 0],
    ["//block\nnow", "/block\nnow", 0],
  ])("%j is sent as %j", (text, sent, cut) => {
    expect(parse(text, ROOM)).toEqual({ kind: "text", text: sent, cut });
  });

  test("`// note` begins no word and is sent as it is", () => {
    expect(parse("// note", ROOM).kind).toBe("none");
  });
});

describe("every command works everywhere or says why not", () => {
  test("what is the bridge's own isn't done in a conversation", () => {
    expect(answered("/handles", ROOM)).toBe(
      '"handles" isn\'t for conversations. Send it to @footbridge:example.org.',
    );
    expect(answered("/link now", POOL_NUMBER)).toBe(
      '"link" isn\'t for conversations. Send it to +1 415 555 0100.',
    );
    expect(given("/handles", SHARED_CHAT)).toEqual({ kind: "handles" });
  });

  test("what is a conversation's isn't done in a desk", () => {
    expect(answered("name Ana")).toBe('"/name" is for conversations: send it in one.');
    expect(answered("name")).toBe('"/name" is for conversations: send it in one.');
    expect(given("/name Ana", SHARED_CHAT)).toEqual({ kind: "name", name: "Ana" });
  });

  test("what is stored about somebody isn't shown over a hop that isn't encrypted", () => {
    expect(answered("export", FRONT_DOOR)).toBe(
      '"export" isn\'t answered on SMS, which isn\'t encrypted. Send it from another account; "link" joins one.',
    );
  });

  test("a request's number means nothing in a conversation", () => {
    expect(parse("/block 2", ROOM)).toMatchObject({ kind: "refused", why: { problem: { kind: "shape" } } });
    expect(given("/block 2", SHARED_CHAT)).toEqual({
      kind: "block",
      target: { kind: "request", request: 2 },
    });
  });
});
