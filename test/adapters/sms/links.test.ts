// Accounts with several links.

import net from "node:net";
import { describe, expect, it } from "vitest";
import { LoopbackSmsc } from "../../support/smsc.ts";
import { connected, linkTo, NUMBER, PHONE, run, stateOf } from "./fixture.ts";

describe("an SMS account with several SMSCs", () => {
  it("works while one of them is away, and says which", async () => {
    const near = await LoopbackSmsc.start();
    const far = await LoopbackSmsc.start();
    const running = run([
      { ...linkTo(near.port), name: "near" },
      { ...linkTo(far.port), name: "far" },
    ]);
    await connected(running);
    await far.stop();
    await running.host.until(() => stateOf(running)?.kind === "degraded");
    expect(stateOf(running)).toMatchObject({
      links: [
        { name: "near", connected: true },
        { name: "far", connected: false },
      ],
    });
    const outcomes = await Promise.all(Array.from({ length: 30 }, (_, at) => running.send(`text ${at}`)));
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(["done"]));
    expect(near.messages).toHaveLength(30);
    await running.stop();
    await near.stop();
  });

  it("works while one of them needs the operator, and says what to do about it", async () => {
    const near = await LoopbackSmsc.start();
    const away = await LoopbackSmsc.start();
    const far = await LoopbackSmsc.start({ settings: { bind: 0x0e } });
    await away.stop();
    const running = run([
      { ...linkTo(near.port), name: "near" },
      { ...linkTo(away.port), name: "away" },
      { ...linkTo(far.port), name: "far" },
    ]);
    const degraded = await running.host.until(() => {
      const state = stateOf(running);
      return (
        state?.kind === "degraded" && state.links?.every((link) => link.connected || link.reason) && state
      );
    });
    expect(degraded.reason).toBe("unauthorised");
    expect(degraded.remedy).toBe("the SMSC refuses link far: check its systemId, password and systemType");
    expect((await running.send("text")).kind).toBe("done");
    far.settings.bind = "ok";
    await away.listen();
    await connected(running);
    await running.stop();
    for (const smsc of [near, far, away]) await smsc.stop();
  });

  it("spreads texts over both, and sends all parts of one by the same", async () => {
    const both = [await LoopbackSmsc.start(), await LoopbackSmsc.start()];
    const running = run(both.map(({ port }, at) => ({ ...linkTo(port), name: `link-${at}`, window: 3 })));
    await connected(running);
    for (const { settings } of both) settings.respDelay = 20;
    const long = "as many words as it takes to fill more than a part ".repeat(9);
    // One phone each: to one phone a conversation's texts go one after the other.
    const phones = Array.from({ length: 12 }, (_, at) => `+4477009000${at + 10}`);
    const outcomes = await Promise.all(phones.map((phone) => running.send(long, phone)));
    expect(outcomes.every(({ kind }) => kind === "done")).toBe(true);
    for (const { messages } of both) expect(messages.map((one) => one.text)).toEqual(Array(6).fill(long));
    await running.stop();
    for (const smsc of both) await smsc.stop();
  });

  it("sends by a transmitter and receives by a receiver", async () => {
    const smsc = await LoopbackSmsc.start();
    const running = run([
      { ...linkTo(smsc.port), name: "out", bind: "transmitter" },
      { ...linkTo(smsc.port), name: "in", bind: "receiver" },
    ]);
    await connected(running);
    expect((await running.send("out")).kind).toBe("done");
    expect(await smsc.text(PHONE, NUMBER, "in")).toEqual([0]);
    expect(running.host.texts()).toEqual(["in"]);
    await running.stop();
    await smsc.stop();
  });

  it("survives a peer that is no SMSC", async () => {
    const server = net.createServer((socket) => {
      socket.on("error", () => undefined);
      socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const running = run([linkTo(address !== null && typeof address === "object" ? address.port : 0)]);
    await running.host.until(() => stateOf(running)?.kind === "disconnected");
    expect(stateOf(running)).toMatchObject({ kind: "disconnected" });
    await running.stop();
    server.close();
  });
});
