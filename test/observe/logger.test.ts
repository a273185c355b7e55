import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Sensitive } from "../../src/model/sensitive.ts";
import { LOG_FIELDS, type LogFieldName } from "../../src/observe/fields.ts";
import type { LogFields } from "../../src/observe/log.ts";
import { createLogger } from "../../src/observe/logger.ts";

function recorder() {
  const lines: string[] = [];
  const log = createLogger({
    level: "debug",
    destination: { write: (line: string) => void lines.push(line) },
  });
  return { lines, log, last: (): Record<string, unknown> => JSON.parse(lines.at(-1) ?? "{}") };
}

const FIELDS = Object.keys(LOG_FIELDS) as LogFieldName[]; // the table's own keys

describe("the logger", () => {
  test("prints the event, the level, the time and the allow-listed fields", () => {
    const { log, last } = recorder();
    log.warn("sms.link.down", {
      account: "sms-main",
      link: "SMSC 1",
      reason: "timeout",
      attempt: 3,
      port: 2775,
    });
    expect(last()).toEqual({
      level: "warn",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      event: "sms.link.down",
      account: "sms-main",
      link: "SMSC 1",
      reason: "timeout",
      attempt: 3,
      port: 2775,
    });
  });

  test("drops a field that isn't in the table, and says that it did", () => {
    const { log, last, lines } = recorder();
    log.info("x", { address: "hello", whatever: 1, count: 2 });
    expect(last()).toMatchObject({ count: 2, dropped: 2 });
    expect(lines.join()).not.toContain("hello");
  });

  test("names from Object's prototype are no fields", () => {
    const { log, last } = recorder();
    log.info("x", { constructor: "a", toString: "b" } as unknown as LogFields);
    expect(last()).toMatchObject({ dropped: 2 });
  });

  test("a child's fields stand in each of its lines, cleaned", () => {
    const { log, last } = recorder();
    log.child({ account: "sms", network: "+15550100123" }).child({ link: "a" }).info("x");
    expect(last()).toMatchObject({ account: "sms", network: "[withheld]", link: "a" });
  });

  test("a Sensitive that got past the types prints as such", () => {
    const { log, last } = recorder();
    log.info("x", { reason: new Sensitive("+15550100123") } as unknown as LogFields);
    expect(last()).toMatchObject({ reason: "[sensitive]" });
  });

  test("objects and errors never come out", () => {
    const { log, lines } = recorder();
    const error = new Error("canary of +15550100123");
    log.error("x", { error, reason: { deep: "canary" }, code: ["canary"] } as unknown as LogFields);
    expect(lines.join()).not.toContain("canary");
  });

  test("ids of ours stay readable, base64url, base32 and hex", () => {
    const { log, last } = recorder();
    const ids = {
      lane: "Zm9vYmFyYmF6cXV4cXV1eA",
      delivery: "abcdefghijklmnopqrstuvwxyz",
      trace: "00112233445566778899aabbccddeeff",
    };
    log.info("x", ids);
    expect(last()).toMatchObject(ids);
  });

  test("cuts what is too long", () => {
    const { log, last } = recorder();
    log.info("x", { reason: "r".repeat(500) });
    expect(last()).toMatchObject({ reason: "r".repeat(64) });
  });

  test("says nothing below its level", () => {
    const lines: string[] = [];
    const log = createLogger({
      level: "warn",
      destination: { write: (line: string) => void lines.push(line) },
    });
    log.info("x");
    log.debug("x");
    expect(lines).toEqual([]);
  });

  test("an MXID, a JID and a LID are withheld in any field and in the event", () => {
    const { log, lines } = recorder();
    for (const address of ["@alice:example.org", "alice@s.whatsapp.net", "12:3@lid", "!room:example.org"]) {
      for (const field of FIELDS) log.info(address, { [field]: address });
      expect(lines.join("\n")).not.toContain(address);
    }
  });

  test("a phone number never comes out, in whatever field, text or form it is put", () => {
    const digits = fc.stringMatching(/^[1-9][0-9]{7,14}$/);
    const dress = fc.constantFrom(
      (n: string) => n,
      (n: string) => `+${n}`,
      (n: string) => `00${n}`,
      (n: string) => `call ${n} now`,
      (n: string) => `sms-${n}`,
      (n: string) => `${n}@s.whatsapp.net`,
      (n: string) => `${"a".repeat(60)}${n}`,
      (n: string) => `+${n.slice(0, 2)} (${n.slice(2, 5)}) ${n.slice(5)}`,
      (n: string) => `x.${n.slice(0, 3)}-${n.slice(3, 6)}-${n.slice(6)}`,
    );
    fc.assert(
      fc.property(digits, dress, fc.constantFrom(...FIELDS), fc.string(), (number, put, field, around) => {
        // A round number is what large numbers are rounded to.
        fc.pre(!number.endsWith("00000"));
        const { log, lines } = recorder();
        log.info(put(number), { [field]: put(number), reason: `${around}${put(number)}` });
        log.child({ [field]: put(number) }).info("x", { [field]: Number(number) });
        const said = lines.join("").replace(/"time":"[^"]*"/g, "");
        expect(said).not.toContain(number);
        expect(said.replace(/[^0-9]/g, " ").split(" ")).not.toContain(number);
        // Five digits in a row of it would be a good part of it.
        expect(said).not.toContain(number.slice(-6));
        // Nor with what people write between the digits.
        expect(said.replace(/[\s().+_-]/g, "")).not.toContain(number);
      }),
      { numRuns: 1_000 },
    );
  });
});
