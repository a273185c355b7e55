// The same text twice, or one text sent again.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MemoryHost } from "../../support/account-host.ts";
import { LoopbackSmsc } from "../../support/smsc.ts";
import type { SmscConnection } from "../../support/smsc-connection.ts";
import { deliverFields } from "../../support/smsc-messages.ts";
import { connected, linkTo, NUMBER, PHONE, type Running, run } from "./fixture.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const text = (words: string) => deliverFields(PHONE, NUMBER, { text: Buffer.from(words, "latin1") });

describe("an SMS account that gets the same octets again", () => {
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

  it("keeps two equal texts that were really sent twice", async () => {
    await start();
    await smsc.deliver(text("ok"));
    await smsc.deliver(text("ok"));
    expect(running.host.texts()).toEqual(["ok", "ok"]);
  });

  it("takes a text once that comes again after a kill before its answer", async () => {
    const connection = await start();
    const { host } = running;
    host.acceptAll = async (batch) => {
      const result = await Object.getPrototypeOf(host).acceptAll.call(host, batch);
      connection.cut();
      await running.kill();
      return result;
    };
    const status = smsc.deliver(text("once"));
    await host.until(() => host.texts().length === 1);
    await pause(100);
    running = run([linkTo(smsc.port)], {}, host);
    expect(await status).toBe(0);
    expect(running.host.texts()).toEqual(["once"]);
    expect(await smsc.deliver(text("once"))).toBe(0);
    expect(running.host.texts()).toEqual(["once", "once"]);
  });

  it("keeps an equal text after a break when the SMSC surely had the answer to the first", async () => {
    const connection = await start();
    expect(await smsc.deliver(text("ok"))).toBe(0);
    expect((await running.send("a request that proves it")).kind).toBe("done");
    connection.cut();
    await running.host.until(() => running.host.states.length >= 3);
    expect(await smsc.deliver(text("ok"))).toBe(0);
    expect(running.host.texts()).toEqual(["ok", "ok"]);
  });

  it("fetches that proof by an enquire_link about a second later", async () => {
    const connection = await start();
    await smsc.deliver(text("ok"));
    await running.host.until(() => connection.seen.some(({ command }) => command === "enquire_link"), 2_500);
    connection.cut();
    await running.host.until(() => running.host.states.length >= 3);
    await smsc.deliver(text("ok"));
    expect(running.host.texts()).toEqual(["ok", "ok"]);
  });
});
