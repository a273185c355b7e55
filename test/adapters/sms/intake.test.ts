// How texts are taken in: durable, in order, bounded.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { IntakeRefused } from "../../../src/adapter/index.ts";
import type { MemoryHost } from "../../support/account-host.ts";
import { LoopbackSmsc } from "../../support/smsc.ts";
import type { SmscConnection } from "../../support/smsc-connection.ts";
import { deliverFields } from "../../support/smsc-messages.ts";
import { connected, linkTo, NUMBER, PHONE, type Running, run } from "./fixture.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const text = (words: string) => deliverFields(PHONE, NUMBER, { text: Buffer.from(words, "latin1") });

describe("the intake of an SMS account", () => {
  let smsc: LoopbackSmsc;
  let running: Running;

  beforeEach(async () => {
    smsc = await LoopbackSmsc.start({ keepPdus: true, settings: { receipts: false } });
  });
  afterEach(async () => {
    await running.stop();
    await smsc.stop();
  });

  async function start(
    more: object = {},
    account: object = {},
    before?: MemoryHost,
  ): Promise<SmscConnection> {
    running = run([linkTo(smsc.port, more)], account, before);
    await connected(running);
    const [connection] = smsc.bound;
    if (connection === undefined) throw new Error("expected a bound connection");
    return connection;
  }

  it("answers nothing before it is durable, and tells the SMSC to come again when it can't be", async () => {
    await start();
    running.host.gate = async () => {
      throw new IntakeRefused("store-full");
    };
    expect(await smsc.deliver(text("later"))).toBe(0x64);
    running.host.gate = async () => undefined;
    expect(await smsc.deliver(text("later"))).toBe(0);
    expect(running.host.texts()).toEqual(["later"]);
  });

  it("takes what came together with one durable write, in order", async () => {
    await start();
    const words = Array.from({ length: 50 }, (_, at) => `text ${at}`);
    await Promise.all(words.map((one) => smsc.deliver(text(one))));
    expect(running.host.texts()).toEqual(words);
    expect(running.host.batches.length).toBeLessThan(10);
  });

  it("stops reading while too much is unanswered, loses nothing, and takes that for no time-out", async () => {
    smsc.settings.deliverWindow = 5_000;
    const connection = await start({ enquireLinkSeconds: 1 });
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    running.host.gate = () => gate;
    const all = Array.from({ length: 3_000 }, (_, at) => smsc.deliver(text(`text ${at}`)));
    await pause(2_600);
    expect(connection.mode).toBe("bind_transceiver");
    open();
    expect(new Set(await Promise.all(all))).toEqual(new Set([0]));
    expect(running.host.texts()).toHaveLength(3_000);
    expect(Math.max(...running.host.batches)).toBeLessThanOrEqual(500);
  });

  it("acknowledges nothing after stopIntake, and still sends", async () => {
    await start();
    await running.account.stopIntake();
    expect(await smsc.deliver(text("too late"))).toBe(0x64);
    expect(running.host.events).toEqual([]);
    expect((await running.send("still")).kind).toBe("done");
  });

  it("lets nothing overtake a text of which a part couldn't be stored", async () => {
    await start();
    const { fragments } = running.host;
    const store = fragments.add.bind(fragments);
    fragments.add = async (fragment, ttl) => {
      if (fragment.index === 2) throw new IntakeRefused("store-away");
      return store(fragment, ttl);
    };
    const part = (index: number) =>
      deliverFields(PHONE, NUMBER, {
        esmClass: 0x40,
        text: Buffer.concat([Buffer.from([5, 0, 3, 9, 2, index]), Buffer.from(`part ${index} `)]),
      });
    const sent = [part(1), part(2), text("behind")];
    expect(await Promise.all(sent.map((one) => smsc.deliver(one)))).toEqual([0, 0x64, 0x64]);
    fragments.add = store;
    expect(await Promise.all(sent.slice(1).map((one) => smsc.deliver(one)))).toEqual([0, 0]);
    expect(running.host.texts()).toEqual(["part 1 part 2 ", "behind"]);
  });

  it("shows a gap where a part never came", async () => {
    await start({}, { partsWaitMinutes: 0.05 });
    const part = (index: number, words: string) => {
      const header = Buffer.from([5, 0, 3, 7, 3, index]);
      return deliverFields(PHONE, NUMBER, {
        esmClass: 0x40,
        text: Buffer.concat([header, Buffer.from(words)]),
      });
    };
    expect(await smsc.deliver(part(1, "one "))).toBe(0);
    expect(await smsc.deliver(part(3, " three"))).toBe(0);
    expect(running.host.texts()).toEqual([]);
    await running.host.until(() => running.host.texts().length > 0, 6_000);
    expect(running.host.texts()).toEqual(["one [...] three"]);
  });

  it("tells two long texts apart that use the same reference", async () => {
    await start();
    const part = (index: number, words: string) => {
      const header = Buffer.from([5, 0, 3, 7, 3, index]);
      return deliverFields(PHONE, NUMBER, {
        esmClass: 0x40,
        text: Buffer.concat([header, Buffer.from(words)]),
      });
    };
    for (const one of [part(1, "lost "), part(2, "for ever"), part(1, "a "), part(2, "b "), part(3, "c")]) {
      expect(await smsc.deliver(one)).toBe(0);
    }
    expect(running.host.texts()).toEqual(["a b c"]);
  });

  it("accepts a joined text later when the store was full as its last part came", async () => {
    await start();
    running.host.gate = async () => {
      throw new IntakeRefused("store-away");
    };
    const long = "a long text ".repeat(20);
    expect(await smsc.text(PHONE, NUMBER, long)).toContain(0x64);
    running.host.gate = async () => undefined;
    await running.host.until(() => running.host.texts().length === 1);
    expect(running.host.texts()).toEqual([long]);
  });

  it("leaves short codes and names as they are, and makes phone numbers E.164", async () => {
    await start();
    for (const [ton, digits] of [
      [0, "12345"],
      [5, "Bank"],
      [0, "447700900001"],
      [1, "447700900001"],
      [0, "+447700900001"],
    ] as const) {
      await smsc.deliver({ ...text("hi"), source: { ton, npi: 1, digits } });
    }
    expect(running.host.events.map(({ from }) => from.expose())).toEqual([
      "12345",
      "Bank",
      PHONE,
      PHONE,
      PHONE,
    ]);
  });
});
