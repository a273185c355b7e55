import segments from "sms-segments-calculator";
import { describe, expect, test } from "vitest";
import { plainer } from "../../adapters/sms/text/smart.ts";
import { helpText } from "../../src/commands/help.ts";
import { type Parsed, parse } from "../../src/commands/parse.ts";
import { COMMAND_NAMES, COMMANDS } from "../../src/commands/table.ts";
import { english } from "../../src/model/texts.ts";
import {
  CONTROL_ROOM,
  FRONT_DOOR,
  GROUP,
  OWN_CHAT,
  PLACES,
  POOL_NUMBER,
  ROOM,
  SHARED_CHAT,
} from "./places.ts";

describe("help where texts cost", () => {
  test.each([FRONT_DOOR, SHARED_CHAT, POOL_NUMBER])("is one part of 160 in a $kind", (place) => {
    const about = COMMAND_NAMES.map((name) => helpText(place, english, COMMANDS[name].phrase));
    const answers = [helpText(place, english), ...about.filter((text) => !text.includes("\n"))];
    for (const text of answers) {
      const message = new segments.SegmentedMessage(plainer(text), "auto", false);
      expect([text, message.encodingName, message.segmentsCount]).toEqual([text, "GSM-7", 1]);
    }
  });

  test("names what matters most, and STOP", () => {
    expect(helpText(FRONT_DOOR, english)).toBe(
      "Private relay: others don't see your number. Send handle new LABEL, link, me, block, mute, forget me. " +
        '"help block" says more. STOP ends texts.',
    );
    expect(helpText(SHARED_CHAT, english)).toBe(
      "What you text here goes to the other side. Also: /handle new LABEL, /link, /me, /block, /mute, /name NAME, " +
        '/forget me. "/help block" says more. STOP ends texts.',
    );
    expect(helpText(POOL_NUMBER, english)).toBe(
      "What you text here goes to the other side. Also: /block, /mute, /name NAME. " +
        '"/help block" says more. STOP ends texts.',
    );
  });
});

describe("help elsewhere", () => {
  test("has a line for each command of the place, and names the others", () => {
    for (const place of [CONTROL_ROOM, ROOM, OWN_CHAT, GROUP]) {
      const text = helpText(place, english);
      const known = COMMAND_NAMES.filter((name) => name !== "groups" || place.network.groups);
      for (const name of known) expect(text).toContain(COMMANDS[name].phrase);
      expect(text.includes("groups")).toBe(place.network.groups === true);
      expect(text).not.toContain("STOP");
    }
    expect(helpText(CONTROL_ROOM, english)).toContain("\nhandle new LABEL [for 30d]: A code by which");
    expect(helpText(CONTROL_ROOM, english)).toMatch(/\nIn conversations: \/block, .*\/name, /);
    expect(helpText(ROOM, english)).toContain("\n/name NAME: Changes your name");
    expect(helpText(ROOM, english)).toMatch(/\nTo me: handle new, handles,/);
  });

  test("says more about one command, or about all that begin with a word", () => {
    expect(helpText(ROOM, english, "block")).toBe(
      "/block [NAME]: Blocks somebody, on all networks; they aren't told",
    );
    expect(helpText(CONTROL_ROOM, english, "handle").split("\n")).toHaveLength(3);
    expect(helpText(CONTROL_ROOM, english, "who am i")).toMatch(/^me: /);
    expect(helpText(CONTROL_ROOM, english, "nonsense")).toBe(helpText(CONTROL_ROOM, english));
  });
});

test("every command is taken everywhere, or there is a reason", () => {
  for (const place of PLACES) {
    for (const name of COMMAND_NAMES) {
      const { phrase, syntax } = COMMANDS[name];
      const parsed: Parsed = parse(`/${phrase} ${syntax.example}`, place);
      if (parsed.kind === "command") expect(parsed.command.kind).toBe(name);
      else
        expect(parsed).toMatchObject({ kind: "refused", command: name, why: { kind: /^only-|^no-groups$/ } });
    }
  }
});
