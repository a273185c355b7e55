// The reference that joins the parts of a long text on a phone: two texts that are near in time must not share one.

import { describe, expect, it } from "vitest";
import { References } from "../../../adapters/sms/outbound/references.ts";
import { readHeader } from "../../../adapters/sms/text/udh.ts";
import { MemoryAttempt, MemoryHost } from "../../support/account-host.ts";
import { LoopbackSmsc } from "../../support/smsc.ts";
import { connected, linkTo, NUMBER, PHONE, type Running, run } from "./fixture.ts";

const LONG = "as many words as it takes to fill more than a part ".repeat(5);
const TO_PHONE = { number: NUMBER, to: PHONE };

/** References for texts to one phone, one after the other. */
async function take(references: References, count: number, to = TO_PHONE): Promise<number[]> {
  const taken: number[] = [];
  for (let at = 0; at < count; at += 1) taken.push(await references.next(to));
  return taken;
}

describe("references of long texts to one phone", () => {
  it("are 256 different octets before one comes again", async () => {
    const { storage, random } = new MemoryHost();
    const taken = await take(new References(storage, random), 257);
    expect(new Set(taken.slice(0, 256)).size).toBe(256);
    expect(taken.every((one) => Number.isInteger(one) && one >= 0 && one <= 0xff)).toBe(true);
    expect(taken[256]).toBe(taken[0]);
  });

  it("go on over a kill where they were", async () => {
    const host = new MemoryHost();
    const before = await take(new References(host.storage, host.random), 100);
    host.freeze();
    const { storage, random } = new MemoryHost(host);
    const after = await take(new References(storage, random), 100);
    expect(new Set([...before, ...after]).size).toBe(200);
  });

  it("differ when they are taken at the same time, and each is durable before it is given", async () => {
    const host = new MemoryHost();
    const references = new References(host.storage, host.random);
    const first = await Promise.all(Array.from({ length: 50 }, () => references.next(TO_PHONE)));
    const second = await take(new References(host.storage, host.random), 50);
    expect(new Set([...first, ...second]).size).toBe(100);
  });

  it("aren't used up by texts to most other phones", async () => {
    const { storage, random } = new MemoryHost();
    const references = new References(storage, random);
    const [first = 0] = await take(references, 1);
    for (let at = 0; at < 300; at += 1)
      await references.next({ number: NUMBER, to: `+44770090${1_000 + at}` });
    const [second = 0] = await take(references, 1);
    expect((second - first) & 0xff).toBeLessThan(10);
  });

  it("leave no number behind, and no more than one small record", async () => {
    const { storage, random, records } = new MemoryHost();
    const references = new References(storage, random);
    for (let at = 0; at < 300; at += 1)
      await references.next({ number: NUMBER, to: `+44770090${1_000 + at}` });
    expect([...records.keys()]).toEqual(["references"]);
    expect(records.get("references")?.expose()).toMatch(/^[A-Za-z0-9_-]{342}$/);
  });

  it("are asked for again after the store was away", async () => {
    const { storage, random } = new MemoryHost();
    let isAway = true;
    const away = async () => {
      if (isAway) throw new Error("away");
    };
    const references = new References(
      {
        ...storage,
        get: async (name) => away().then(() => storage.get(name)),
        set: async (name, value) => away().then(() => storage.set(name, value)),
      },
      random,
    );
    await expect(references.next(TO_PHONE)).rejects.toThrow("away");
    isAway = false;
    const [first = 0] = await take(references, 1);
    isAway = true;
    await expect(references.next(TO_PHONE)).rejects.toThrow("away");
    isAway = false;
    expect(await take(references, 1)).not.toContain(first);
  });
});

describe("long texts to one phone", () => {
  it("go out under references of their own, the same at each try of a delivery, over a kill too", async () => {
    const smsc = await LoopbackSmsc.start({ keepPdus: true, settings: { receipts: false } });
    const start = async (host?: MemoryHost) => {
      const running = run([linkTo(smsc.port)], {}, host);
      await connected(running);
      return running;
    };
    /** Sends a text; the references that its parts had on the wire. */
    const send = async (running: Running, text: string, attempt = new MemoryAttempt()) => {
      const seen = smsc.bound.at(-1)?.seen ?? [];
      const from = seen.length;
      await running.send(`${text} ${LONG}`, PHONE, attempt, text);
      const submits = seen.slice(from).flatMap((pdu) => (pdu.command === "submit_sm" ? [pdu.text] : []));
      return new Set(submits.map((octets) => readHeader(octets)?.concatenation?.reference));
    };
    const before = await start();
    const broken = new MemoryAttempt();
    const first = await send(before, "first");
    smsc.settings.submit = "drop";
    const second = await send(before, "second", broken);
    smsc.settings.submit = "ok";
    await before.kill();
    const after = await start(before.host);
    const again = await send(after, "second", new MemoryAttempt(broken.last));
    const third = await send(after, "third");
    expect(again).toEqual(second);
    expect([first.size, second.size, third.size]).toEqual([1, 1, 1]);
    expect(new Set([...first, ...second, ...third]).size).toBe(3);
    await after.stop();
    await smsc.stop();
  });
});
