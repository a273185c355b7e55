// How a transcript becomes another one by moving somebody to WhatsApp.

import { describe, expect, test } from "vitest";
import { withPhonesMoved, withRoomsMoved } from "./moved.ts";
import { idleReasons, PHONES_MOVED, SELLER_MOVED } from "./moving.ts";
import { wholeLines } from "./transcript.ts";
import { ACCEPTED } from "./transcripts/first-lines.ts";
import { LINKED } from "./transcripts/linking-lines.ts";

const cast = { seller: "matrix", buyer: "sms" } as const;

describe("a transcript", () => {
  test("with its phones on WhatsApp says what the network is there, and nothing else is changed", () => {
    const moved = withPhonesMoved({
      name: "",
      cast,
      lines: `${ACCEPTED}seller [{name} · bike] -> hi\nbuyer <- hi`,
    });
    expect(moved.cast).toEqual({ seller: "matrix", buyer: "whatsapp" });
    expect(wholeLines(moved.lines)).toEqual([
      "seller -> handle new bike for 30d",
      'seller <- Handle for "bike": {code} (until {day}). Put one of these in your ad:\n' +
        "Text {code} to +1 555 0100\n" +
        "WhatsApp: https://wa.me/15550199?text={code}\n" +
        "Matrix: message @footbridge:example.org and send {code}\n" +
        'People see "bike" and nothing else about you. "handle off bike" ends it, "handles" lists them.',
      "buyer -> {CODE} hi is the bike still there?",
      `buyer <- Sent to "bike". You'll read here when they answer. They don't see your number. "/help" for more.`,
      'seller <- Request 1 for "bike" from {name} (WhatsApp, encrypted up to the bridge): "hi is the bike still there?"\n' +
        "1 accept · 2 decline · 3 block",
      "buyer -> I can come today",
      'buyer <- Kept for "bike" until they answer.',
      "seller -> 1",
      'seller <- Accepted. The conversation is in the room "{name} · bike".',
      "seller [{name} · bike] <- hi is the bike still there?",
      "seller [{name} · bike] <- I can come today",
      "seller [{name} · bike] <- Weakest hop: Matrix, encrypted in transit. WhatsApp can't be recalled. /help",
      'buyer <- "bike" accepted. What you write here goes to them.',
      "seller [{name} · bike] -> hi",
      "buyer <- hi",
    ]);
  });

  test("with linked phones on WhatsApp leaves no phone behind", () => {
    const { lines } = withPhonesMoved({ name: "", cast, lines: LINKED("buyer", "seller") });
    expect(lines).toContain("A WhatsApp account (number ending {buyer}) wants to be linked with this one.");
    expect(lines).toContain('"prefer whatsapp, matrix" changes that.');
    expect(lines.replaceAll("SMS: text {LINK} to +1 555 0100", "")).not.toMatch(/sms/i);
  });

  test("with its seller on WhatsApp has one chat for the bridge and the conversation, where commands need a slash", () => {
    const lines = `${ACCEPTED}seller [{name} · bike] -> hi\nbuyer <- hi\nseller -> block {name}\nseller -> 1`;
    const moved = withRoomsMoved({ name: "", cast, lines }, "seller");
    expect(moved.cast).toEqual({ seller: "whatsapp", buyer: "sms" });
    expect(wholeLines(moved.lines).slice(7)).toEqual([
      "seller -> 1",
      "seller <- Accepted. {name} writes to you here.",
      "seller <- hi is the bike still there?",
      "seller <- I can come today",
      "seller <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help",
      'buyer  <- "bike" accepted. What you text here goes to them.',
      "seller -> hi",
      "buyer <- hi",
      "seller -> /block {name}",
      "seller -> 1",
    ]);
  });
});

test("nearly all transcripts are played with somebody moved, and each reason for another one holds", () => {
  const counts = [PHONES_MOVED, SELLER_MOVED].map(
    (all) => all.flatMap(({ transcripts }) => transcripts).length,
  );
  expect(Math.min(...counts)).toBeGreaterThan(80);
  expect(idleReasons()).toEqual([]);
});
