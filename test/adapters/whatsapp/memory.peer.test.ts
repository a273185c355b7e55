// Sockets, listeners and timers don't pile up over many connections.

import "../../support/whatsapp/quiet-console.ts";
import { getEventListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { startWhatsAppServer } from "../../support/whatsapp/index.ts";
import { mendSignatures, trustRoot } from "../../support/whatsapp/trust.ts";
import { type Kept, linked } from "./keeping.ts";

const ANA = "15550000001";
const HALF = 100;

it("of 200 connections one after the other only the last one is left, with its listeners and timers", async () => {
  const server = await startWhatsAppServer({ keepTraffic: false });
  server.addAccount(ANA, "Ana");
  mendSignatures();
  trustRoot(server.root);
  const kept = await linked(server, ANA);
  const old: WeakRef<object>[] = [];
  const connectAgain = async (): Promise<void> => {
    const before = kept.keeper.current()?.socket;
    if (before !== undefined) old.push(new WeakRef(before));
    kept.clock.skip(31_000); // it was a good one
    server.end(ANA, "restart");
    // Vitest's own waiting would keep each socket for the end of the test.
    const isAnew = (): boolean => ![undefined, before].includes(kept.keeper.current()?.socket);
    for (let wait = 0; wait < 5_000 && !isAnew(); wait += 2) await delay(2);
    expect(isAnew()).toBe(true);
  };
  const half = async (): Promise<Sample> => {
    for (let time = 0; time < HALF; time += 1) await connectAgain();
    return await sample(kept);
  };
  const [first, second] = [await half(), await half()];
  // The one before the last may be busy yet with its end.
  expect(old.filter((socket) => socket.deref() !== undefined).length).toBeLessThanOrEqual(2);
  expect(old).toHaveLength(2 * HALF);
  expect(second.heap - first.heap).toBeLessThan(2e6);
  expect(second.timers).toBeLessThanOrEqual(first.timers + 2);
  expect(second.listeners).toBe(first.listeners);
  expect(first.listeners).toBeLessThanOrEqual(2);
  await kept.stop();
  await server.stop();
});

interface Sample {
  readonly heap: number;
  readonly timers: number;
  /** On the signal that lives as long as the account. */
  readonly listeners: number;
}

async function sample(kept: Kept): Promise<Sample> {
  kept.letGo();
  await delay(1_000); // queries of the last login
  for (let time = 0; time < 2; time += 1) {
    collect();
    await delay(10);
  }
  return {
    heap: process.memoryUsage().heapUsed,
    timers: process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length,
    listeners: getEventListeners(kept.signal, "abort").length,
  };
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void; // V8's own, which the flag has put there
