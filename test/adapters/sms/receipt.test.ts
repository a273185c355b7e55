import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readReceipt } from "../../../adapters/sms/inbound/receipt.ts";
import { messageRef, receiptRefs, userRef, userReference, userRefs } from "../../../adapters/sms/refs.ts";
import { DAY, type DeliveryId } from "../../../src/model/index.ts";

const PHONE = "+447700900001";

describe("a receipt's text", () => {
  it.each([
    [
      "id:1a2B sub:001 dlvrd:001 submit date:2001010000 done date:2001010000 stat:DELIVRD err:000 text:id:9",
      "1a2B",
    ],
    ["ID: 77 STAT: delivrd", "77"],
    ["id:77,stat:DELIVERED", "77"],
    ["  sub:001  id : 77   stat : DELIVRD", "77"],
    [
      "id:12345678-0000-0000-0000-00000000abcd stat:DELIVRD Err:0 Text:",
      "12345678-0000-0000-0000-00000000abcd",
    ],
  ])("is read: %s", (text, id) => {
    expect(readReceipt(text, [])).toEqual({
      ids: [id],
      userReference: undefined,
      result: { status: "delivered" },
    });
  });

  it("without an id gives none, not the word that follows", () => {
    expect(readReceipt("id: sub:001 stat:DELIVRD", []).ids).toEqual([]);
  });

  it.each([
    ["EXPIRED", "expired"],
    ["UNDELIV", "failed"],
    ["Undelivered", "failed"],
    ["REJECTD", "failed"],
    ["DELETED", "failed"],
    ["FAILED", "failed"],
    ["ENROUTE", undefined],
    ["ACCEPTD", undefined],
    ["UNKNOWN", undefined],
  ])("stat:%s is %s", (word, status) => {
    expect(readReceipt(`id:1 stat:${word}`, []).result?.status).toBe(status);
  });

  it("is worth less than the parameters beside it", () => {
    const tlvs = [
      { tag: 0x001e, value: Buffer.from("ff\0") },
      { tag: 0x0427, value: Buffer.from([2]) },
      { tag: 0x0204, value: Buffer.from([1, 2]) },
    ];
    const receipt = readReceipt("id:255 stat:UNDELIV", tlvs);
    expect(receipt).toEqual({ ids: ["ff", "255"], userReference: 0x0102, result: { status: "delivered" } });
  });

  it("of any kind never throws", () => {
    const tlvs = fc.array(
      fc.record({
        tag: fc.constantFrom(0x001e, 0x0427, 0x0204),
        value: fc.uint8Array({ maxLength: 9 }).map((octets) => Buffer.from(octets)),
      }),
    );
    fc.assert(fc.property(fc.string(), tlvs, (text, given) => void readReceipt(text, given)));
  });
});

describe("refs of messages", () => {
  const forms = (n: number) => [
    String(n),
    n.toString(16),
    n.toString(16).toUpperCase(),
    String(n).padStart(10, "0"),
    n.toString(16).toUpperCase().padStart(8, "0"),
  ];

  it("match each other however the id is written in response and receipt", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0xffffffff }), fc.nat(4), fc.nat(4), (n, there, here) => {
        const ref = messageRef(forms(n)[there] ?? "", PHONE).expose();
        const candidates = receiptRefs(forms(n)[here] ?? "", PHONE, "auto").map((one) => one.expose());
        expect(candidates).toContain(ref);
      }),
    );
  });

  it("of other phones never match", () => {
    const ref = messageRef("1001", "+447700900002").expose();
    expect(receiptRefs("1001", PHONE, "auto").map((one) => one.expose())).not.toContain(ref);
  });

  it("match when the receipt writes the phone without its country code", () => {
    expect(receiptRefs("1001", "07700900001", "same").map((one) => one.expose())).toEqual([
      messageRef("1001", PHONE).expose(),
    ]);
  });

  it("are only what the config says when it names the format", () => {
    const candidates = (format: "same" | "decimal-in-receipts" | "hex-in-receipts") =>
      receiptRefs("10", PHONE, format).map((one) => one.expose());
    expect(candidates("same")).toEqual([messageRef("10", PHONE).expose()]);
    expect(candidates("decimal-in-receipts")).toEqual([messageRef("a", PHONE).expose()]);
    expect(candidates("hex-in-receipts")).toEqual([messageRef("16", PHONE).expose()]);
  });

  it("of our own references match for three days", () => {
    // A test's own id.
    const reference = userReference("some-delivery" as DeliveryId);
    const sent = userRef(reference, PHONE, 100 * DAY).expose();
    const candidates = (days: number) =>
      userRefs(reference, PHONE, (100 + days) * DAY).map((one) => one.expose());
    expect(candidates(0)).toContain(sent);
    expect(candidates(3)).toContain(sent);
    expect(candidates(4)).not.toContain(sent);
  });

  it("hold no phone number", () => {
    expect(messageRef("1001", PHONE).expose()).not.toContain(PHONE.slice(1));
  });
});
