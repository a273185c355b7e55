import { describe, expect, it } from "vitest";
import { whatsAppConfig } from "../../../adapters/whatsapp/config.ts";
import { backoff } from "../../../adapters/whatsapp/connection/backoff.ts";
import { closedBy } from "../../../adapters/whatsapp/connection/closed.ts";
import { isNumberOf } from "../../../adapters/whatsapp/own-number.ts";

function boom(statusCode: number, data?: unknown): Error {
  return Object.assign(new Error("closed"), { output: { statusCode }, data });
}

describe("what an ending means", () => {
  it.each([
    [400, "untrusted"],
    [401, "logged-out"],
    [402, "restricted"],
    [403, "restricted"],
    [405, "outdated"],
    [406, "restricted"],
    [409, "outdated"],
    [411, "mismatch"],
    [419, "logged-out"],
    [440, "replaced"],
    [515, "restart"],
    [408, "again"],
    [428, "again"],
    [500, "again"],
    [503, "again"],
    [999, "again"],
  ])("%d is %s", (code, kind) => expect(closedBy(boom(code)).kind).toBe(kind));

  it("a conflict whose device was removed is a logout, whatever number Baileys gives it", () => {
    const conflict = (type: string) => boom(440, { tag: "conflict", attrs: { type } });
    expect(closedBy(conflict("device_removed")).kind).toBe("logged-out");
    expect(closedBy(conflict("replaced")).kind).toBe("replaced");
  });

  it("an error of another kind comes and goes", () => {
    for (const error of [undefined, null, "x", new Error("broken")])
      expect(closedBy(error).kind).toBe("again");
  });
});

describe("pauses", () => {
  const half = { bytes: (length: number) => Buffer.alloc(length), fraction: () => 0.5 };

  it("double to two minutes, and to half an hour where the operator has to mend it", () => {
    expect([1, 2, 3, 7, 8, 100].map((failures) => backoff(failures, false, half) / 1_000)).toEqual([
      0.75, 1.5, 3, 48, 90, 90,
    ]);
    expect(backoff(100, true, half)).toBe(1_350_000);
  });

  it("differ by chance, between half and all", () => {
    const all = { ...half, fraction: () => 0.999_999 };
    const none = { ...half, fraction: () => 0 };
    expect(backoff(1, false, none)).toBe(500);
    expect(backoff(1, false, all)).toBeCloseTo(1_000, 1);
  });
});

describe("whose a JID is", () => {
  it.each([
    ["15550000001:3@s.whatsapp.net", "+15550000001", true],
    ["15550000002@s.whatsapp.net", "+15550000001", false],
    ["5215512345678:1@s.whatsapp.net", "+525512345678", true],
    ["5491123456789@s.whatsapp.net", "+541123456789", true],
    ["551187654321@s.whatsapp.net", "+5511987654321", true],
    ["551187654322@s.whatsapp.net", "+5511987654321", false],
    ["nothing", "+15550000001", false],
  ])("%s belongs to %s: %s", (jid, number, belongs) => expect(isNumberOf(jid, number)).toBe(belongs));
});

describe("the config", () => {
  const read = (more: object) =>
    whatsAppConfig.safeParse({ network: "whatsapp", number: "+1 202-555-0123", ...more });

  it("needs a number alone, which is put into one form", () => {
    expect(read({}).data).toEqual({
      network: "whatsapp",
      number: "+12025550123",
      deviceName: "Footbridge",
      pacing: { perChatPerMinute: 12, perAccountPerMinute: 30 },
    });
  });

  it.each([
    ["a number without country code", { number: "2025550123" }],
    ["a server elsewhere", { server: "wss://example.com/ws/chat" }],
    ["a server elsewhere that looks like here", { server: "ws://127.0.0.1:1@example.com/ws/chat" }],
    ["a version of two parts", { version: [2, 3_000] }],
    ["a name that no phone would show", { deviceName: "a\nb" }],
    ["a key that it doesn't know", { rejectUnauthorized: false }],
  ])("doesn't take %s", (_, more) => expect(read(more).success).toBe(false));

  it("takes a version and a server on this machine", () => {
    const more = { version: [2, 3_000, 1], server: "ws://127.0.0.1:4000/ws/chat" };
    expect(read(more).data).toMatchObject(more);
  });
});
