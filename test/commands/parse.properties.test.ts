import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "../../src/commands/parse.ts";
import { refusalText } from "../../src/commands/refusal.ts";
import { COMMAND_NAMES, COMMANDS, type Command, printCommand } from "../../src/commands/table.ts";
import { networkName } from "../../src/model/ids.ts";
import { english } from "../../src/model/texts.ts";
import { DAY, HOUR } from "../../src/model/time.ts";
import { CONTROL_ROOM, PLACES, SHARED_CHAT } from "./places.ts";

const place = fc.constantFrom(...PLACES);
const phrases = COMMAND_NAMES.flatMap((name) => [COMMANDS[name].phrase, ...COMMANDS[name].also]);
const piece = fc.oneof(
  fc.constantFrom(...phrases, "/", "//", "for", "30d", "\n", "  ", '"', "·", "…", "sms", "1", "\u200b"),
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.string({ unit: "binary", maxLength: 12 }),
);
const typed = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(" "));

describe("the grammar", () => {
  test("never throws, and has a sentence for whatever it refuses", () => {
    fc.assert(
      fc.property(fc.oneof(typed, fc.string({ unit: "binary" })), place, (text, where) => {
        const parsed = parse(text, where);
        if (parsed.kind === "command") return;
        if (parsed.kind === "text") expect(parsed.text).toHaveLength(text.length - 1);
        else expect(refusalText(parsed, where, english)).not.toMatch(/undefined|object/);
      }),
      { numRuns: 2_000 },
    );
  });

  test("doesn't take long over a long text", () => {
    const long = ["/", "handle new ", "prefer ", "block ", " ", ".", "for ", "1 "].map((part) =>
      part.repeat(100_000 / part.length),
    );
    const begin = performance.now();
    for (const text of long) for (const where of PLACES) parse(text, where);
    for (const text of long) parse(`handle new bike for ${text}`, CONTROL_ROOM);
    expect(performance.now() - begin).toBeLessThan(2_000);
  });

  test("without a slash, takes nothing in a conversation for a command", () => {
    fc.assert(
      fc.property(typed, place, (text, where) => {
        fc.pre(where.kind !== "desk" && !text.trim().replaceAll("\u200b", "").startsWith("/"));
        expect(parse(text, where)).toEqual({ kind: "none", near: undefined });
      }),
    );
  });

  test("takes no sentence for a command only because it begins with one", () => {
    const word = fc.constantFrom("the", "seller", "with", "is", "still", "there", "my", "please", "up");
    const tail = fc.array(word, { minLength: 5, maxLength: 9 }).map((words) => words.join(" "));
    const beginnings = phrases.filter((phrase) => !/^(?:handle|new handle)/.test(phrase)); // a label is free text
    fc.assert(
      fc.property(fc.constantFrom(...beginnings), tail, (phrase, rest) => {
        expect(parse(`${phrase} ${rest}`, CONTROL_ROOM).kind).toBe("none");
      }),
    );
  });
});

const letters = fc.string({
  unit: fc.constantFrom(..."abcdefghijklmnopqrsuvwxyzäñж"),
  minLength: 2,
  maxLength: 9,
});
const words = fc.array(letters, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(" "));
const label = words.filter((text) => !/\bfor\b/.test(text));
const lifetime = fc.option(
  fc.oneof(
    fc.integer({ min: 1, max: 365 }).map((days) => days * DAY),
    fc.integer({ min: 1, max: 365 * 24 }).map((hours) => hours * HOUR),
  ),
  { nil: undefined },
);
const number = fc.option(fc.integer({ min: 1, max: 9_999 }), { nil: undefined });
const networks = (["matrix", "sms", "whatsapp"] as const).map(networkName);
const network = fc.constantFrom(...networks);
const person = words.map((name) => ({ kind: "person", name }) as const);
const target = fc.oneof(person, fc.constant({ kind: "here" } as const));

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constant("handle-new" as const), label, lifetime }),
  fc.record({ kind: fc.constant("handle-off" as const), label }),
  fc.record({ kind: fc.constant("handle-links" as const), label }),
  fc.record({ kind: fc.constantFrom("accept" as const, "decline" as const), request: number }),
  fc.record({ kind: fc.constant("unlink" as const), network, hint: fc.constantFrom(undefined, "42", "@al") }),
  fc.constant({ kind: "unlink", network: undefined, hint: undefined } as const),
  fc.record({ kind: fc.constant("prefer" as const), networks: fc.uniqueArray(network) }),
  fc.record({ kind: fc.constantFrom("mute" as const, "unmute" as const), target }),
  fc.record({
    kind: fc.constant("block" as const),
    target: fc.oneof(target, fc.record({ kind: fc.constant("request" as const), request: fc.nat(9_999) })),
  }),
  fc.record({ kind: fc.constantFrom("unblock" as const, "name" as const), name: words }),
  fc.record({ kind: fc.constant("guard" as const), on: fc.boolean() }),
  fc.record({ kind: fc.constant("help" as const), about: fc.constantFrom(undefined, "handle", "forget me") }),
  fc.constantFrom(
    ...(["handles", "requests", "link", "me", "list", "blocked", "export", "forget-me"] as const).map(
      (kind) => ({ kind }),
    ),
  ),
);

const casing = fc.constantFrom<(text: string) => string>(
  (text) => text,
  (text) => text.replace(/^[a-z]/, (first) => first.toUpperCase()),
  (text) => `  ${text.replaceAll(" ", "  ")} `,
);

describe("a command that is printed", () => {
  test("is read again as the same, with a slash or in a desk without", () => {
    const encrypted = { ...SHARED_CHAT, network: CONTROL_ROOM.network };
    fc.assert(
      fc.property(command, casing, (given, change) => {
        const parsed = parse(change(`/${printCommand(given)}`).replace(/^ +/, ""), encrypted);
        expect(parsed).toEqual({ kind: "command", command: given });
        if (given.kind === "name" || ("target" in given && given.target.kind === "here")) return;
        expect(parse(change(printCommand(given)), CONTROL_ROOM)).toEqual({ kind: "command", command: given });
      }),
      { numRuns: 2_000 },
    );
  });

  test("has words of its own: no two commands share a phrase", () => {
    expect(new Set(phrases).size).toBe(phrases.length);
    for (const phrase of phrases) expect(phrase).toBe(phrase.toLowerCase());
  });

  test("is none of the opt-out words, which mean something else on SMS", () => {
    for (const phrase of phrases)
      expect(phrase).not.toMatch(/^(?:stop|stopall|unsubscribe|end|quit|revoke|optout|cancel|start|unstop)$/);
  });
});
