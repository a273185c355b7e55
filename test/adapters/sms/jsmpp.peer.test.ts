// The account against an SMSC that nobody here wrote.

import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { canRun, JSMPP_CACHE } from "../../../scripts/testing/peers.ts";
import { MemoryAttempt } from "../../support/account-host.ts";
import { buildJsmpp, JsmppSmsc } from "../../support/jsmpp.ts";
import { connected, linkTo, NUMBER, PHONE, type Running, run, stateOf } from "./fixture.ts";

const FROM = PHONE.slice(1);
const TO = NUMBER.slice(1);
const EMOJI = "Zwölf Füchse 🦊🦊🦊 laufen über die Brücke und wieder zurück, immer zu zweit. ".repeat(4);
const GSM = "Prices from 5 € [or less] {today}, ask ~ anyone | here ^ now \\ later. ".repeat(5);

describe.runIf(canRun("jsmpp"))("an SMS account with jSMPP", () => {
  let jar: string;
  let smsc: JsmppSmsc;
  let running: Running | undefined;

  beforeAll(async () => {
    jar = await buildJsmpp(JSMPP_CACHE);
  });
  beforeEach(async () => {
    smsc = await JsmppSmsc.start(jar, { receipt_delay: 20 });
  });
  afterEach(async () => {
    await running?.stop();
    running = undefined;
    await smsc.stop();
  });
  async function start(more: object = {}): Promise<Running> {
    running = run([linkTo(smsc.port, more)]);
    await connected(running);
    return running;
  }

  for (const [coding, text] of [
    ["gsm", "Price 5 € @ [noon]"],
    ["latin1", "Größe Æ ÿ"],
    ["ascii", "plain ~ text"],
    ["ucs2", "Привет 🦊"],
  ] as const) {
    it(`reads a text that comes as ${coding}`, async () => {
      const { host } = await start();
      expect(await smsc.statuses("deliver", { from: FROM, to: TO, text, coding })).toEqual([0]);
      expect(host.texts()).toEqual([text]);
    });
  }

  for (const concat of ["udh", "udh16", "sar", "payload"]) {
    it(`joins a long text that comes by ${concat}, cut in the middle of characters`, async () => {
      const { host } = await start();
      const given = { from: FROM, to: TO, text: EMOJI, concat, coding: "ucs2", dirty: 1, size: 131 };
      const statuses = await smsc.statuses("deliver", given);
      expect(new Set(statuses)).toEqual(new Set([0]));
      expect(host.texts()).toEqual([EMOJI]);
    });
  }

  it("joins parts that come in another order, and one of them twice", async () => {
    const { host } = await start();
    await smsc.run("deliver", { from: FROM, to: TO, text: GSM, parts: "3,1,1,2" });
    expect(host.texts()).toEqual([GSM]);
  });

  it("sends texts that arrive as they were", async () => {
    const { send } = await start();
    for (const text of [
      GSM,
      EMOJI,
      "short",
      "x".repeat(160),
      "x".repeat(161),
      "ж".repeat(70),
      "ж".repeat(71),
    ]) {
      expect((await send(text)).kind).toBe("done");
    }
    const messages = await smsc.waitFor("message", 7);
    expect(messages.map(({ text }) => text)).toEqual([
      ...[GSM, EMOJI, "short"],
      ...["x".repeat(160), "x".repeat(161), "ж".repeat(70), "ж".repeat(71)],
    ]);
    expect(messages.slice(3).map(({ parts }) => parts)).toEqual([1, 2, 1, 2]);
    expect(messages.every(({ from, to }) => from === TO && to === FROM)).toBe(true);
  });

  it("asks for a receipt with part 1 only", async () => {
    const { send } = await start();
    await send(GSM);
    const submits = (await smsc.events("pdu")).filter(({ name }) => name === "submit_sm");
    expect(submits.map((one) => one.registered_delivery)).toEqual([1, 0, 0]);
  });

  for (const ids of ["decimal", "hex", "HEX", "zero", "zerohex", "uuid"]) {
    const others = ids === "uuid" ? ["same"] : ["same", "decimal", "hex", "zerohex", "zero"];
    it(`matches receipts of ids in ${ids}, whatever their form`, async () => {
      const { host, send } = await start();
      for (const receipt_ids of others) {
        for (const receipt_form of ["text", "tlv", "both"]) {
          await smsc.run("set", { ids, receipt_ids, receipt_form, receipt_when: "after" });
          const before = host.events.length;
          const outcome = await send("Is it there?");
          await host.until(() => host.events.length > before);
          const body = host.events.at(-1)?.body;
          if (outcome.kind !== "done" || body?.kind !== "status") throw new Error("expected a status");
          expect(body.targets.map((one) => one.expose())).toContain(outcome.refs[0]?.expose());
        }
      }
    });
  }

  it("gives a ref of its own when the SMSC gives no id", async () => {
    await smsc.run("set", { ids: "empty" });
    const { send } = await start();
    const outcome = await send("No id");
    expect(outcome.kind === "done" && outcome.refs[0]?.expose()).toMatch(/^umr:/);
  });

  it("matches a receipt that echoes the user message reference", async () => {
    await smsc.run("set", { submit: "drop", next: 1 });
    const { host, send } = await start();
    const outcome = await send("Lost answer");
    if (outcome.kind !== "unknown") throw new Error("expected unknown");
    const [submit] = (await smsc.events("pdu")).filter(({ name }) => name === "submit_sm");
    const [, reference] = /"0x0204":"([0-9a-f]{4})"/.exec(JSON.stringify(submit)) ?? [];
    const hex = Buffer.from("id:77 stat:DELIVRD err:000").toString("hex");
    await smsc.run("deliver", { from: FROM, to: TO, text: "", hex, esm: 4, tlv: `0x0204:${reference}` });
    const body = host.events.at(-1)?.body;
    const targets = body?.kind === "status" ? body.targets.map((one) => one.expose()) : [];
    expect(targets).toContain(outcome.refs?.[0]?.expose());
  });

  it("reports a failed message", async () => {
    await smsc.run("set", { receipt_state: "UNDELIV" });
    const { host, send } = await start();
    await send("Nobody there");
    await host.until(() => host.events.length === 1);
    expect(host.events[0]?.body).toMatchObject({ kind: "status", status: "failed", reason: "unreachable" });
  });

  it("gets a receipt before the submit response and says what it is about", async () => {
    await smsc.run("set", { receipt_when: "early" });
    const { host, send } = await start();
    const outcome = send("Quick");
    await host.until(() => host.events.length === 1);
    expect((await outcome).kind).toBe("done");
  });

  it("heeds throttling", async () => {
    await smsc.run("set", { submit: "0x58", next: 1 });
    const { send } = await start();
    expect(await send("Too fast")).toMatchObject({ kind: "retry", reason: "throttled", counts: false });
    expect(await send("Still")).toMatchObject({ kind: "retry", reason: "throttled", scope: "account" });
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    expect((await send("Slower now")).kind).toBe("done");
  });

  for (const [status, expected] of [
    ["0x0b", { kind: "refused", reason: "unreachable" }],
    ["0x45", { kind: "retry", counts: true }],
    ["0x400", { kind: "retry", counts: true }],
    ["nack", { kind: "refused", reason: "unsupported" }],
    ["drop", { kind: "unknown", reason: "unsure" }],
    ["close", { kind: "unknown", reason: "unsure" }],
  ] as const) {
    it(`says ${expected.kind} when the SMSC answers ${status}`, async () => {
      await smsc.run("set", { submit: status, next: 1 });
      const { send } = await start();
      expect(await send("Hello")).toMatchObject(expected);
    });
  }

  it("tells late answers apart from the ones it waits for", async () => {
    const { send } = await start();
    await smsc.run("set", { resp_delay: 1_500 });
    const late = send("late");
    await smsc.waitFor("message", 1);
    await smsc.run("set", { resp_delay: 0 });
    expect((await send("quick")).kind).toBe("done");
    expect((await late).kind).toBe("unknown");
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect((await send("after")).kind).toBe("done");
  });

  it("sends only the parts again that weren't taken", async () => {
    const { send } = await start();
    await smsc.run("set", { submit: "ok" });
    const attempt = new MemoryAttempt();
    const progress = attempt.progress.bind(attempt);
    let notes = 0;
    attempt.progress = async (note) => {
      await progress(note);
      notes += 1;
      if (notes === 2) await smsc.run("set", { submit: "drop", next: 1 });
    };
    expect((await send(GSM, PHONE, attempt, "same")).kind).toBe("unknown");
    expect((await send(GSM, PHONE, new MemoryAttempt(attempt.last), "same")).kind).toBe("done");
    const submits = (await smsc.events("pdu")).filter(({ name }) => name === "submit_sm");
    expect(submits.map(({ udh }) => String(udh).slice(-2))).toEqual(["01", "02", "02", "03"]);
    expect(new Set(submits.map(({ udh }) => String(udh).slice(6, 8))).size).toBe(1);
  });

  for (const end of ["close", "reset", "unbind", "cut"]) {
    it(`binds again after ${end}`, async () => {
      const { host, send } = await start();
      await smsc.run(end, end === "cut" ? { bytes: 20 } : {});
      await host.until(() => host.states.length >= 4 && stateOf(running ?? fail())?.kind === "connected");
      expect((await send("Back again")).kind).toBe("done");
    });
  }

  it("takes a text in once that is sent again after the connection broke before the answer", async () => {
    const { host } = await start();
    const { promise: held, resolve: letThrough } = Promise.withResolvers<void>();
    const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
    host.gate = () => {
      enter();
      return held;
    };
    const given = { from: FROM, to: TO, text: "Only once" };
    const lost = smsc.statuses("deliver", { ...given, wait: 3_000 });
    await entered;
    await smsc.run("reset");
    expect(await lost).toEqual([-1]);
    letThrough();
    await host.until(() => host.texts().length === 1);
    expect(await smsc.statuses("deliver", given)).toEqual([0]);
    expect(host.texts()).toEqual(["Only once"]);
    expect(await smsc.statuses("deliver", given)).toEqual([0]);
    expect(host.texts()).toEqual(["Only once", "Only once"]);
  });

  it("ends a link whose SMSC doesn't answer enquire_link, and binds again", async () => {
    const { host } = await start({ enquireLinkSeconds: 1 });
    await smsc.run("set", { enquire: "ignore" });
    await host.until(() => host.logs.some(({ event }) => event === "sms.link.down"), 6_000);
    await smsc.run("set", { enquire: "ok" });
    await host.until(() => stateOf(running ?? fail())?.kind === "connected");
  });

  it("says what the operator can do when its password is refused", async () => {
    await smsc.run("set", { password: "another" });
    running = run([linkTo(smsc.port)]);
    await running.host.until(() => stateOf(running ?? fail())?.kind === "misconfigured");
    expect(JSON.stringify(running.host.logs)).not.toContain("secret");
  });

  it("answers raw nonsense with a generic_nack and goes on", async () => {
    const { host } = await start();
    await smsc.run("raw", { hex: "00000010 00000fff 00000000 00000007" });
    const pdus = await smsc.waitFor("pdu", 2);
    expect(pdus.at(-1)).toMatchObject({ name: "generic_nack", status: 3, seq: 7 });
    expect(await smsc.statuses("deliver", { from: FROM, to: TO, text: "fine" })).toEqual([0]);
    expect(host.texts()).toEqual(["fine"]);
  });
});

function fail(): never {
  throw new Error("nothing runs");
}
