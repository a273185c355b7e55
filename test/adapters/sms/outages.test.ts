// What is said of texts while an SMSC is slow, silent or away.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MemoryAttempt, type MemoryHost } from "../../support/account-host.ts";
import { LoopbackSmsc } from "../../support/smsc.ts";
import type { SmscConnection } from "../../support/smsc-connection.ts";
import { connected, linkTo, PHONE, type Running, run, stateOf } from "./fixture.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("an SMS account whose SMSC is slow, silent or away", () => {
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

  it("binds again after half a PDU and FIN", async () => {
    const connection = await start();
    connection.raw(Buffer.from("000000400000000500", "hex"));
    connection.close();
    await running.host.until(() => connection.mode === undefined);
    await smsc.waitForBind();
    await connected(running);
    expect((await running.send("after")).kind).toBe("done");
  });

  it("says unknown when the answer doesn't come, and doesn't mix the late one up", async () => {
    await start();
    smsc.settings.respDelay = 1_400;
    expect(await running.send("late")).toMatchObject({ kind: "unknown", reason: "unsure" });
    smsc.settings.respDelay = 0;
    expect((await running.send("next")).kind).toBe("done");
    await pause(300);
    expect((await running.send("another")).kind).toBe("done");
  });

  it("says unknown for what was under way when the SMSC unbinds, and retry for what wasn't", async () => {
    const connection = await start({ window: 2 });
    smsc.settings.submit = "drop";
    const first = running.send("one");
    const second = running.send("two");
    const third = running.send("three");
    await smsc.waitForMessages(2);
    connection.request({ command: "unbind" });
    expect((await first).kind).toBe("unknown");
    expect((await second).kind).toBe("unknown");
    expect(await third).toMatchObject({ kind: "retry", counts: false });
    await running.host.until(() => connection.seen.at(-1)?.command === "unbind_resp");
  });

  it("says retry, and has marked nothing, while no link is bound", async () => {
    await start();
    await smsc.away();
    await running.host.until(() => stateOf(running)?.kind === "disconnected");
    const attempt = new MemoryAttempt();
    expect(await running.send("nobody", PHONE, attempt)).toMatchObject({
      ...{ kind: "retry", reason: "not-connected", scope: "account", counts: false },
    });
    expect(attempt.steps).toEqual([]);
    await smsc.listen();
    await smsc.waitForBind();
  });

  it("goes on trying, more and more slowly, when the bind is refused", async () => {
    smsc.settings.bind = 0x0e;
    running = run([linkTo(smsc.port)]);
    await running.host.until(() => stateOf(running)?.kind === "misconfigured");
    const state = stateOf(running);
    expect(state).toMatchObject({ reason: "unauthorised" });
    expect(JSON.stringify(state)).not.toContain("127.0.0.1");
    smsc.settings.bind = "ok";
    await connected(running);
  });

  it("doesn't count a bind that is never answered as bound", async () => {
    smsc.settings.bind = "ignore";
    running = run([linkTo(smsc.port)]);
    await running.host.until(() => stateOf(running)?.kind === "disconnected");
    expect(stateOf(running)).toMatchObject({ reason: "timeout" });
    smsc.settings.bind = "ok";
    await connected(running);
  });

  it("ends a link whose SMSC reads nothing any more", async () => {
    const connection = await start({ enquireLinkSeconds: 1 });
    connection.deaf();
    await running.host.until(() => running.host.logs.some(({ event }) => event === "sms.link.down"), 6_000);
    await smsc.waitForBind();
  });
});
