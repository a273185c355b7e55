import { describe, expect, test } from "vitest";
import { matrixDoor } from "../../adapters/matrix/door.ts";
import { smsDoor } from "../../adapters/sms/door.ts";
import { whatsAppDoor } from "../../adapters/whatsapp/door.ts";
import { findHandleCodes, formatHandleCode } from "../../src/consent/handle-code.ts";
import { parseLinkCode } from "../../src/consent/link-code.ts";
import { frontDoors, pasteLinks, readableNumber } from "../../src/consent/paste-lines.ts";
import type { ConfiguredDoor } from "../../src/model/front-door.ts";
import { english } from "../../src/model/texts.ts";

const SMS = smsDoor("+15550100");
const WHATSAPP = whatsAppDoor("+15550100");
const MATRIX = matrixDoor("@footbridge:example.org");
/** A network that isn't built in. */
const XMPP: ConfiguredDoor = {
  kind: "user",
  title: "XMPP",
  user: "footbridge@bridge.example.org",
  link: "xmpp:footbridge@bridge.example.org?message;body={code}",
};

describe("the lines for an ad", () => {
  const linesFor = (doors: readonly ConfiguredDoor[]): string =>
    english.handleMade({ label: "bike", code: "k3v9-7qxm-4t", until: "22 Dec", doors: frontDoors(doors) });

  test("are those of CONVERSATIONS, word for word", () => {
    expect(linesFor([SMS, WHATSAPP, MATRIX])).toBe(
      [
        'Handle for "bike": k3v9-7qxm-4t (until 22 Dec). Put one of these in your ad:',
        "Text k3v9-7qxm-4t to +1 555 0100",
        "WhatsApp: https://wa.me/15550100?text=k3v9-7qxm-4t",
        "Matrix: message @footbridge:example.org and send k3v9-7qxm-4t",
        'People see "bike" and nothing else about you. "handle off bike" ends it, "handles" lists them.',
      ].join("\n"),
    );
  });

  test("name only what is configured", () => {
    expect(linesFor([MATRIX])).not.toMatch(/WhatsApp|Text /);
    expect(linesFor([SMS])).not.toMatch(/WhatsApp|Matrix/);
    expect(linesFor([XMPP])).toContain("XMPP: message footbridge@bridge.example.org and send k3v9-7qxm-4t");
    expect(frontDoors([])).toEqual([]);
    expect(pasteLinks([], "k3v9-7qxm-4t")).toEqual([]);
  });
});

describe("the ways to send a link code", () => {
  test("are those of CONVERSATIONS, word for word, where they are read on Matrix", () => {
    const doors = frontDoors([SMS, WHATSAPP, MATRIX], MATRIX);
    expect(english.linkCode({ code: "48213067", minutes: 10, doors })).toBe(
      "From the other account, send 4821 3067 within 10 minutes:\n" +
        "SMS: text 48213067 to +1 555 0100 · WhatsApp: https://wa.me/15550100?text=48213067 · " +
        "another Matrix account: send it to me there",
    );
  });

  test("say who to write to on Matrix, where they are read elsewhere", () => {
    expect(english.linkCode({ code: "48213067", minutes: 10, doors: frontDoors([MATRIX], SMS) })).toContain(
      "Matrix: message @footbridge:example.org and send 48213067",
    );
  });
});

describe("links", () => {
  test("open each app with the code in it, for the web or a poster", () => {
    expect(pasteLinks([SMS, WHATSAPP, MATRIX, XMPP], "k3v9-7qxm-4t")).toEqual([
      "sms:+15550100?body=k3v9-7qxm-4t",
      "https://wa.me/15550100?text=k3v9-7qxm-4t",
      "https://matrix.to/#/%40footbridge%3Aexample.org",
      "xmpp:footbridge@bridge.example.org?message;body=k3v9-7qxm-4t",
    ]);
  });

  test("are URLs whatever is in them, and give the code back to who pastes them whole", () => {
    for (const url of pasteLinks([SMS, WHATSAPP], "a&b c#d")) {
      const name = url.startsWith("sms:") ? "body" : "text";
      expect(new URL(url).searchParams.get(name)).toBe("a&b c#d");
      expect(new URL(url).hash).toBe("");
    }
    for (const url of pasteLinks([SMS, WHATSAPP], "k3v9-7qxm-4t"))
      expect(findHandleCodes(url).map(({ code, rest }) => [formatHandleCode(code), rest])).toEqual([
        ["k3v9-7qxm-4t", ""],
      ]);
    for (const url of pasteLinks([SMS, WHATSAPP], "48213067")) expect(parseLinkCode(url)).toBe("48213067");
  });
});

test.each([
  ["+15550100", "+1 555 0100"],
  ["+15550100111", "+1 555 010 0111"],
  ["+351912345678", "+351 912 345 678"],
  ["+4915112345678", "+49 1511 2345678"],
  ["+1555", "+1 555"],
  ["+999123456789", "+999123456789"], // no such country
  ["12345", "12345"], // a short code
])("%s is shown as %s", (number, shown) => {
  expect(readableNumber(number)).toBe(shown);
});
