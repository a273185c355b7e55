import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MemoryAttempt } from "../../support/account-host.ts";
import { LoopbackSmsc } from "../../support/smsc.ts";
import { connected, linkTo, NUMBER, PHONE, type Running, run, stateOf } from "./fixture.ts";

const LONG =
  "A long text with an emoji 🦊 at its heart, and words enough that it takes several parts. ".repeat(3);

describe("an SMS account", () => {
  let smsc: LoopbackSmsc;
  let running: Running | undefined;

  beforeEach(async () => {
    smsc = await LoopbackSmsc.start({ keepPdus: true });
  });
  afterEach(async () => {
    await running?.stop();
    await smsc.stop();
    running = undefined;
  });

  async function start(more: object = {}): Promise<Running> {
    running = run([linkTo(smsc.port, more)]);
    await connected(running);
    return running;
  }

  it("is reached by strangers at its first number, unless the config says another", async () => {
    const numbers = [NUMBER, "+15550100112"];
    running = run([linkTo(smsc.port)], { numbers });
    expect(running.account.frontDoor).toMatchObject({ kind: "number", number: NUMBER });
    expect(running.account.numbers?.map((number) => number.expose())).toEqual(numbers);
    await running.stop();
    running = run([linkTo(smsc.port)], { numbers, frontDoor: "+1 555 0100112" });
    expect(running.account.frontDoor).toMatchObject({ kind: "number", number: "+15550100112" });
  });

  it("takes a text in and answers it after it was accepted", async () => {
    const { host } = await start();
    expect(await smsc.text(PHONE, NUMBER, "Is it still there?")).toEqual([0]);
    expect(host.texts()).toEqual(["Is it still there?"]);
    const [event] = host.events;
    expect(event?.from.expose()).toBe(PHONE);
    expect(event?.chat.expose()).toBe(JSON.stringify([NUMBER, PHONE]));
  });

  it("sends a text and gives its ref", async () => {
    const { send } = await start();
    const attempt = new MemoryAttempt();
    const outcome = await send("Yes, it is.", PHONE, attempt);
    expect(outcome.kind).toBe("done");
    expect(attempt.steps).toEqual(["mark"]);
    expect(smsc.messages).toMatchObject([{ from: NUMBER, to: PHONE, text: "Yes, it is.", parts: 1 }]);
  });

  it("joins a long text that comes in and cuts one that goes out", async () => {
    const { host, send } = await start();
    expect((await smsc.text(PHONE, NUMBER, LONG)).every((status) => status === 0)).toBe(true);
    expect(host.texts()).toEqual([LONG]);
    const attempt = new MemoryAttempt();
    expect((await send(LONG, PHONE, attempt)).kind).toBe("done");
    expect(smsc.messages[0]?.text).toBe(LONG);
    expect(attempt.steps.slice(0, 2)).toEqual(["progress", "mark"]);
  });

  it("matches a receipt with the message it is about", async () => {
    smsc.settings.ids = "hex";
    const { host, send } = await start();
    const outcome = await send("Is it there?");
    await host.until(() => host.events.length === 1);
    const body = host.events[0]?.body;
    if (outcome.kind !== "done" || body?.kind !== "status") throw new Error("expected a status");
    const targets = body.targets.map((target) => target.expose());
    expect(targets).toContain(outcome.refs[0]?.expose());
    expect(body.status).toBe("delivered");
  });

  it("logs with which status the SMSC refused a text, and nothing of the text", async () => {
    const { host, send } = await start();
    smsc.settings.submit = 0x0a;
    expect(await send("a secret")).toMatchObject({ kind: "refused", reason: "forbidden" });
    expect(host.logs.filter(({ event }) => event.startsWith("sms.submit"))).toEqual([
      { event: "sms.submit.refused", fields: { link: "main", code: "smpp-0x0a", reason: "forbidden" } },
    ]);
    expect(JSON.stringify(host.logs)).not.toMatch(/secret|447700|15550/);
  });

  it("reports its state with the names of its links only", async () => {
    const one = await start();
    expect(stateOf(one)).toEqual({ kind: "connected", links: [{ name: "main", connected: true }] });
  });

  it("ends in an orderly way, by unbind", async () => {
    const one = await start();
    const seen = smsc.bound[0]?.seen;
    await one.stop();
    running = undefined;
    expect(seen?.at(-1)?.command).toBe("unbind");
    expect(stateOf(one)).toEqual({ kind: "stopped" });
    expect(one.host.records.get("sessions")?.expose()).toBe("[]");
  });
});
