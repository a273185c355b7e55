// Random breaks and kills under traffic: nothing lost, nothing doubled, nothing out of order.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LeaseLost } from "../../../src/adapter/index.ts";
import { MemoryAttempt } from "../../support/account-host.ts";
import { LoopbackSmsc } from "../../support/smsc.ts";
import { connected, linkTo, NUMBER, PHONE, type Running, run } from "./fixture.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const LONG = "words enough for three parts ".repeat(12);

describe("an SMS account under breaks and kills", () => {
  let smsc: LoopbackSmsc;
  let running: Running;

  beforeEach(async () => {
    smsc = await LoopbackSmsc.start({ settings: { receipts: false, deliverWindow: 20 } });
    running = run([linkTo(smsc.port)]);
    await connected(running);
  });
  afterEach(async () => {
    await running.stop();
    await smsc.stop();
  });

  it("takes every text in once, in the order of its phone, long ones included", async () => {
    const taken: [phone: string, text: string][] = [];
    const collect = () => {
      for (const { from, body } of running.host.events.splice(0)) {
        if (body.kind !== "message" || body.content.kind !== "text") throw new Error("expected texts");
        taken.push([from.expose(), body.content.text]);
      }
    };
    const phones = Array.from({ length: 5 }, (_, at) => `+44770090000${at}`);
    const words = (at: number) => (at % 7 === 0 ? `${at} ${LONG}` : `${at} short`);
    const answers: Promise<readonly number[]>[] = [];
    let sent = 0;
    for (let round = 0; round < 12; round += 1) {
      for (let at = 0; at < 25; at += 1) {
        for (const phone of phones) answers.push(smsc.text(phone, NUMBER, words(sent)));
        sent += 1;
      }
      await pause(Math.random() * 30);
      if (round % 3 === 2) {
        const before = running.host;
        await running.kill();
        collect();
        running = run([linkTo(smsc.port)], {}, before);
      } else {
        for (const connection of [...smsc.connections]) connection[round % 2 === 0 ? "cut" : "reset"]();
      }
    }
    const statuses = await Promise.all(answers);
    expect(new Set(statuses.flat())).toEqual(new Set([0]));
    await pause(1_200);
    collect();
    for (const phone of phones) {
      const texts = taken.flatMap(([from, text]) => (from === phone ? [text] : []));
      expect(texts.map((text) => Number(text.split(" ", 1)[0]))).toEqual(
        Array.from({ length: sent }, (_, n) => n),
      );
      expect(texts).toEqual(Array.from({ length: sent }, (_, n) => words(n)));
    }
  });

  it("never says of a text that it surely didn't go out when it did, nor that it did when it didn't", async () => {
    smsc.settings.respDelay = 2;
    let going = true;
    const breaks = (async () => {
      while (going) {
        await pause(20 + Math.random() * 60);
        for (const connection of [...smsc.connections]) connection[Math.random() < 0.5 ? "cut" : "close"]();
      }
    })();
    const outcomes = new Map<string, string>();
    let next = 0;
    const worker = async () => {
      while (next < 1_500) {
        next += 1;
        const text = `text ${next}`;
        const { kind } = await running.send(text);
        outcomes.set(text, kind);
        if (kind === "retry") await pause(10);
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    going = false;
    await breaks;
    const arrived = new Map<string, number>();
    for (const { text } of smsc.messages) arrived.set(text, (arrived.get(text) ?? 0) + 1);
    for (const [text, kind] of outcomes) {
      const times = arrived.get(text) ?? 0;
      if (kind === "done") expect(times).toBe(1);
      else if (kind === "retry") expect(times).toBe(0);
      else expect([kind, times <= 1]).toEqual(["unknown", true]);
    }
    expect([...outcomes.values()].filter((kind) => kind === "done").length).toBeGreaterThan(50);
  });

  it("sends nothing when the lease is lost at the mark, and gives its place back", async () => {
    const attempt = new MemoryAttempt();
    attempt.mark = async () => {
      throw new LeaseLost();
    };
    for (let at = 0; at < 15; at += 1) {
      await expect(running.send("not mine", PHONE, attempt)).rejects.toBeInstanceOf(LeaseLost);
    }
    expect(smsc.submits).toBe(0);
    expect((await running.send("mine")).kind).toBe("done");
  });

  it("waits for a place in the window before it marks, and gives up when it is told to", async () => {
    smsc.settings.submit = "drop";
    const held = Array.from({ length: 10 }, (_, at) => running.send(`held ${at}`));
    await smsc.waitForMessages(10);
    const abort = new AbortController();
    const attempt = new MemoryAttempt(undefined, abort.signal);
    const waiting = running.send("waiting", PHONE, attempt);
    await pause(50);
    expect(attempt.steps).toEqual([]);
    abort.abort();
    expect(await waiting).toMatchObject({ kind: "retry", scope: "delivery", counts: false });
    expect(new Set((await Promise.all(held)).map(({ kind }) => kind))).toEqual(new Set(["unknown"]));
  });
});
