import { describe, expect, it } from "vitest";
import { smsAdapter } from "../../../adapters/sms/index.ts";
import { linkTo, NUMBER } from "./fixture.ts";

const link = linkTo(2775);

describe("the config of an SMS account", () => {
  it("fills in what isn't given", () => {
    const result = smsAdapter.config.safeParse({
      network: "sms",
      numbers: ["+1 555 010 0111"],
      links: [link],
    });
    expect(result.success && result.data.numbers).toEqual([NUMBER]);
    expect(result.success && result.data.links[0]).toMatchObject({
      bind: "transceiver",
      window: 10,
      tls: false,
    });
  });

  it("shows no secret when it is printed", () => {
    const result = smsAdapter.config.safeParse({ network: "sms", numbers: [NUMBER], links: [link] });
    expect(JSON.stringify(result)).not.toContain("secret");
  });

  it.each([
    ["a short code", { numbers: ["12345"] }],
    ["an alphanumeric sender", { numbers: ["Footbridge"] }],
    ["a number without country code", { numbers: ["5550100111"] }],
    ["the same number twice", { numbers: [NUMBER, "+1 555 0100111"] }],
    ["no number", { numbers: [] }],
    ["a front door that is none of the numbers", { frontDoor: "+15550100112" }],
    ["no link", { links: [] }],
    ["two links of one name", { links: [link, link] }],
    ["only receivers", { links: [{ ...link, bind: "receiver" }] }],
    ["only transmitters", { links: [{ ...link, bind: "transmitter" }] }],
    ["a window of 0", { links: [{ ...link, window: 0 }] }],
    ["a system id with a NUL", { links: [{ ...link, systemId: "a\0" }] }],
    ["an unknown key", { links: [{ ...link, passwrd: "x" }] }],
    ["a TLS setting that weakens verification", { links: [{ ...link, tls: { rejectUnauthorized: false } }] }],
  ])("refuses %s", (_, wrong) => {
    expect(
      smsAdapter.config.safeParse({ network: "sms", numbers: [NUMBER], links: [link], ...wrong }).success,
    ).toBe(false);
  });

  it("knows the canonical form of a phone number", () => {
    const result = smsAdapter.config.safeParse({ network: "sms", numbers: [NUMBER], links: [link] });
    if (!result.success) throw new Error("expected a config");
    expect(smsAdapter.canonical("+44 7700 900001")).toBe("+447700900001");
    expect(smsAdapter.canonical("447700900001")).toBeUndefined();
    expect(smsAdapter.canonical("@ana:example.org")).toBeUndefined();
  });
});
