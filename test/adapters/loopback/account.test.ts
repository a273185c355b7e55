// What this network does beyond the contract; test/conformance.ts has the rest.

import { afterEach, beforeEach, expect, test } from "vitest";
import { type LoopbackConfig, loopback } from "../../../adapters/loopback/index.ts";
import type { Account, Outcome, PortalRef } from "../../../src/adapter/index.ts";
import { type LegId, sensitive } from "../../../src/model/index.ts";
import { deliveryId, done, MemoryAttempt, MemoryHost, portalAlias } from "../../support/account-host.ts";
import { LoopbackNetwork } from "../../support/loopback-network.ts";

let network: LoopbackNetwork;
let host: MemoryHost;
let account: Account;
let running: Promise<void>;
const abort = () => ended.abort();
let ended: AbortController;

beforeEach(async () => {
  network = await LoopbackNetwork.start({ token: "token" });
  begin();
  await connected();
});

afterEach(async () => {
  await account.stop(500);
  abort();
  await running;
  await network.stop();
});

function begin(): void {
  const parsed = loopback.config.safeParse({
    network: "loopback",
    port: network.port,
    token: "token",
    timeoutMs: 300,
  });
  if (!parsed.success) throw new Error("the test's config is wrong");
  const config: LoopbackConfig = parsed.data;
  host = new MemoryHost();
  account = loopback.open(config, host);
  ended = new AbortController();
  running = account.start(ended.signal);
}

async function connected(): Promise<void> {
  await host.until(() => host.states.at(-1)?.kind === "connected");
}

function open(to = "ana", alias = portalAlias()): Promise<Outcome> {
  const leg = "leg" as LegId; // the adapter doesn't look at it
  const profile = { name: "Amber Fox" };
  return account.perform(
    { kind: "openPortal", id: deliveryId(), leg, to: sensitive(to), alias, profile },
    new MemoryAttempt(),
  );
}

async function opened(): Promise<{ portal: PortalRef; thread: string }> {
  const { opened } = done(await open());
  if (opened === undefined) throw new Error("expected a portal");
  return { portal: opened.portal, thread: opened.chat.expose() };
}

function send(portal: PortalRef, text: string, replyTo?: string): Promise<Outcome> {
  return account.perform(
    {
      kind: "send",
      id: deliveryId(),
      portal,
      content: { kind: "text", text, spans: [{ start: 0, end: 1, style: "bold" }] },
      at: Date.now(),
      ...(replyTo === undefined ? {} : { replyTo: sensitive(replyTo) }),
    },
    new MemoryAttempt(),
  );
}

test("styles and what a text replies to arrive as they are", async () => {
  const { portal, thread } = await opened();
  done(await send(portal, "hello", "m0"));
  expect(network.thread(thread).messages).toMatchObject([
    { from: "participant", text: "hello", replyTo: "m0", spans: [{ start: 0, end: 1, style: "bold" }] },
  ]);
});

test("typing goes out and stops again", async () => {
  const { portal, thread } = await opened();
  account.signal?.({ kind: "typing", portal, typing: true });
  await host.until(() => network.thread(thread).typing);
  account.signal?.({ kind: "typing", portal, typing: false });
  await host.until(() => !network.thread(thread).typing);
});

test("more than the network's window of unacknowledged events arrive in order", async () => {
  const { thread } = await opened();
  host.refuse = true;
  const texts = Array.from({ length: 350 }, (_, at) => `text ${at}`);
  for (const text of texts) network.says(thread, "ana", text);
  await host.until(() => host.logs.some(({ event }) => event === "loopback.intake.refused"));
  host.refuse = false;
  await host.until(() => network.state.unacknowledged.size === 0);
  expect(host.texts(thread)).toEqual(texts);
  expect(host.batches.length).toBeLessThan(20);
});

test("an event that comes again is acknowledged again, and taken once", async () => {
  const { thread } = await opened();
  const id = network.says(thread, "ana", "once");
  await host.until(() => network.isAcknowledged(id));
  network.bringAgain(id);
  await host.until(() => host.duplicates === 1);
  expect(host.texts()).toEqual(["once"]);
});

test("what can't be read is kept and acknowledged, and the next text comes", async () => {
  const { thread } = await opened();
  const odd = network.happens(thread, "ana", { kind: "hologram" });
  network.says(thread, "ana", "next");
  await host.until(() => host.texts().length === 1);
  expect(network.isAcknowledged(odd)).toBe(true);
  expect(host.events[0]?.body).toEqual({ kind: "malformed", what: "other" });
});

test("a line of nonsense is left out, one without an end breaks the connection, and work goes on", async () => {
  network.raw("nonsense\n{}\n");
  await host.until(() => host.logs.filter(({ event }) => event === "loopback.line.unreadable").length === 2);
  network.raw(Buffer.alloc((1 << 20) + 1, 0x61));
  await host.until(() => host.states.some((state) => state.kind === "disconnected"));
  expect(host.states.at(-1)).toEqual({ kind: "disconnected", reason: "malformed" });
  await connected();
  await opened();
});

test.each([
  ["busy", { kind: "retry", reason: "network-error", scope: "delivery", counts: true }],
  ["too-long", { kind: "refused", reason: "too-long", scope: "delivery" }],
  ["gone", { kind: "refused", reason: "gone", scope: "portal" }],
])("the answer %s becomes its outcome", async (error, outcome) => {
  const { portal } = await opened();
  network.fail("send", { kind: "error", error });
  expect(await send(portal, "x")).toEqual(outcome);
});

test("a person whom the network doesn't know is unreachable", async () => {
  network.state.strangers.add("nobody");
  expect(await open("nobody")).toEqual({ kind: "refused", reason: "unreachable", scope: "delivery" });
});

test("a portal whose opening wasn't answered is found by the next try", async () => {
  const alias = portalAlias();
  network.fail("open", { kind: "silent", done: true });
  expect(await open("ana", alias)).toEqual({ kind: "unknown", reason: "timeout" });
  done(await open("ana", alias));
  expect(network.state.threads.size).toBe(1);
});

test("a name is changed where people see it, and a closed portal is left", async () => {
  const { portal, thread } = await opened();
  const profile = { name: "Blue Heron" };
  done(
    await account.perform({ kind: "updatePortal", id: deliveryId(), portal, profile }, new MemoryAttempt()),
  );
  expect(network.thread(thread).name).toBe("Blue Heron");
  done(await account.perform({ kind: "closePortal", id: deliveryId(), portal }, new MemoryAttempt()));
  expect(network.thread(thread).isOpen).toBe(false);
});

test("tries to connect come ever more rarely while the network is away", async () => {
  await network.away();
  await host.until(() => host.logs.filter(({ event }) => event === "loopback.connection.down").length === 3);
  const attempts = host.logs.flatMap(({ event, fields }) =>
    event === "loopback.connection.down" ? [fields.attempt] : [],
  );
  expect(attempts).toEqual([1, 2, 3]);
  await network.back();
  await connected();
});

test("a connection that is taken but never answered is given up", async () => {
  await account.stop(500);
  await network.away();
  const { createServer } = await import("node:net");
  const silent = createServer((socket) => socket.on("error", () => undefined).resume());
  await new Promise<void>((resolve) => silent.listen(network.port, "127.0.0.1", resolve));
  begin();
  await host.until(() => host.states.at(-1)?.kind === "disconnected");
  expect(host.states.at(-1)).toEqual({ kind: "disconnected", reason: "timeout" });
  await new Promise((resolve) => silent.close(resolve));
});
