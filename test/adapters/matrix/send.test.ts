import { afterAll, beforeAll, expect, test } from "vitest";
import { LeaseLost } from "../../../src/adapter/index.ts";
import { done, MemoryAttempt, MemoryHost } from "../../support/account-host.ts";
import { startHomeserver } from "../../support/homeserver.ts";
import type { Call } from "../../support/homeserver-routes.ts";
import { configFor, end, openFor, roomOf, type Stage, sendOperation, stage, startAccount } from "./setup.ts";

const ANA = "@ana:localhost";
const isSend = ({ method, path }: Call): boolean => method === "PUT" && path[2] === "send";
let one: Stage;

beforeAll(async () => {
  one = await stage({ requestTimeoutMs: 300 });
});

afterAll(async () => {
  await end(one);
});

test("a text comes from the ghost, a notice from the bot, both in the portal's room", async () => {
  const { portal, room, alias } = await openFor(one, ANA);
  done(await one.account.perform(sendOperation(portal, "hi"), new MemoryAttempt()));
  const notice = { content: { kind: "notice", text: "Not delivered" } } as const;
  done(await one.account.perform(sendOperation(portal, "", notice), new MemoryAttempt()));
  expect(one.homeserver.shown(room).map(({ sender, body }) => [sender, body])).toEqual([
    [`@_fb_${alias}:localhost`, "hi"],
    ["@footbridge:localhost", "Not delivered"],
  ]);
});

test("a text has the time at which it was written, a notice that of now", async () => {
  const { portal, room } = await openFor(one, ANA);
  const at = Date.now() - 86_400_000;
  done(await one.account.perform(sendOperation(portal, "hi", { at }), new MemoryAttempt()));
  const notice = { content: { kind: "notice", text: "Accepted" }, at } as const;
  done(await one.account.perform(sendOperation(portal, "", notice), new MemoryAttempt()));
  const times = roomOf(one.homeserver, room)
    .events.filter(({ event }) => event.type === "m.room.message")
    .map(({ event }) => event.origin_server_ts);
  expect(times[0]).toBe(at);
  expect(times[1]).toBeGreaterThan(at);
});

test("a send is one request, marked once, before it", async () => {
  const { portal } = await openFor(one, ANA);
  const before = new Map(one.homeserver.calls);
  const tried = new MemoryAttempt();
  done(await one.account.perform(sendOperation(portal, "hi"), tried));
  const more = [...one.homeserver.calls]
    .filter(([name]) => name !== "GET sync")
    .map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const);
  expect(more.filter(([, count]) => count > 0)).toEqual([["PUT rooms", 1]]);
  expect(tried.steps).toEqual(["mark"]);
});

test("the same operation sent again is the same message, with the same ref", async () => {
  const { portal, room } = await openFor(one, ANA);
  const operation = sendOperation(portal, "once");
  const refs = [];
  for (let tries = 0; tries < 3; tries++)
    refs.push(done(await one.account.perform(operation, new MemoryAttempt())).refs[0]?.expose());
  expect(new Set(refs).size).toBe(1);
  expect(one.homeserver.shown(room)).toHaveLength(1);
});

test("the same operation id in two portals makes two messages", async () => {
  const a = await openFor(one, ANA);
  const b = await openFor(one, ANA);
  const operation = sendOperation(a.portal, "x");
  done(await one.account.perform(operation, new MemoryAttempt()));
  done(
    await one.account.perform({ ...operation, portal: b.portal } as typeof operation, new MemoryAttempt()),
  );
  expect([one.homeserver.shown(a.room).length, one.homeserver.shown(b.room).length]).toEqual([1, 1]);
});

test("a connection that breaks after the homeserver took the text is used again at once, and the text is there once", async () => {
  const { portal, room } = await openFor(one, ANA);
  one.homeserver.fail(isSend, { kind: "break", after: "done" });
  done(await one.account.perform(sendOperation(portal, "once"), new MemoryAttempt()));
  expect(one.homeserver.shown(room)).toHaveLength(1);
});

test.each([
  ["500", { kind: "status", status: 500 }, { kind: "unknown", reason: "network-error" }],
  [
    "a page of a proxy",
    { kind: "status", status: 200, body: "<html></html>" },
    { kind: "unknown", reason: "malformed" },
  ],
  [
    "200 without an id",
    { kind: "status", status: 200, body: "{}" },
    { kind: "unknown", reason: "malformed" },
  ],
  ["no answer", { kind: "hang" }, { kind: "unknown", reason: "timeout" }],
  [
    "429",
    { kind: "status", status: 429, body: '{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":50}' },
    { kind: "retry", reason: "throttled", scope: "account", counts: false, after: 50 },
  ],
  [
    "404",
    { kind: "status", status: 404, body: '{"errcode":"M_NOT_FOUND"}' },
    { kind: "refused", reason: "gone", scope: "portal" },
  ],
  [
    "400",
    { kind: "status", status: 400, body: '{"errcode":"M_BAD_JSON"}' },
    { kind: "refused", reason: "rejected", scope: "delivery" },
  ],
] as const)(
  "%s to one text becomes its outcome, and the next text arrives",
  async (_name, fault, outcome) => {
    const { portal, room } = await openFor(one, ANA);
    one.homeserver.fail(isSend, fault);
    expect(await one.account.perform(sendOperation(portal, "first"), new MemoryAttempt())).toEqual(outcome);
    done(await one.account.perform(sendOperation(portal, "second"), new MemoryAttempt()));
    expect(one.homeserver.shown(room).map(({ body }) => body)).toEqual(["second"]);
  },
);

test("a text larger than an event may be is refused as too long", async () => {
  const { portal } = await openFor(one, ANA);
  const outcome = await one.account.perform(sendOperation(portal, "a".repeat(70_000)), new MemoryAttempt());
  expect(outcome).toEqual({ kind: "refused", reason: "too-long", scope: "delivery" });
});

test("a reply names its target", async () => {
  const { portal, room } = await openFor(one, ANA);
  const [first] = done(await one.account.perform(sendOperation(portal, "a"), new MemoryAttempt())).refs;
  if (first === undefined) throw new Error("a sent text has a ref");
  done(await one.account.perform(sendOperation(portal, "b", { replyTo: first }), new MemoryAttempt()));
  const reply = one.homeserver.state.room(room)?.events.at(-1)?.event.content;
  expect(reply?.["m.relates_to"]).toEqual({ "m.in_reply_to": { event_id: first.expose() } });
});

test("nothing is sent after the lease was lost", async () => {
  const { portal, room } = await openFor(one, ANA);
  const lost = new MemoryAttempt();
  lost.onMark = () => {
    throw new LeaseLost();
  };
  await expect(one.account.perform(sendOperation(portal, "x"), lost)).rejects.toThrow(LeaseLost);
  const aborted = new MemoryAttempt(undefined, AbortSignal.abort());
  expect(await one.account.perform(sendOperation(portal, "x"), aborted)).toMatchObject({
    kind: "retry",
    counts: false,
  });
  expect(one.homeserver.shown(room)).toEqual([]);
});

test("a homeserver that is away lets a text be tried again, unmarked by any attempt", async () => {
  const { portal } = await openFor(one, ANA);
  await one.homeserver.outage();
  const outcome = await one.account.perform(sendOperation(portal, "x"), new MemoryAttempt());
  await one.homeserver.resume();
  expect(["retry", "unknown"]).toContain(outcome.kind);
  const again = await one.account.perform(sendOperation(portal, "x"), new MemoryAttempt());
  expect(again.kind).toBe("done");
});

test("after a restart of the homeserver the first text on a kept connection arrives, once", async () => {
  const { portal, room } = await openFor(one, ANA);
  done(await one.account.perform(sendOperation(portal, "a"), new MemoryAttempt()));
  await one.homeserver.outage();
  await one.homeserver.resume();
  done(await one.account.perform(sendOperation(portal, "b"), new MemoryAttempt()));
  expect(one.homeserver.shown(room).map(({ body }) => body)).toEqual(["a", "b"]);
});

test("an account whose homeserver was never there answers retry, and starts when it comes", async () => {
  const homeserver = await startHomeserver({ asToken: "as-token-of-a-test" });
  await homeserver.outage();
  const host = new MemoryHost();
  const running = await startAccount(configFor(homeserver.url, one.config.appservice.port + 1), host, false);
  await host.until(() => host.states.at(-1)?.kind === "disconnected");
  const { portal } = await openFor(one, ANA);
  const outcome = await running.account.perform(sendOperation(portal, "x"), new MemoryAttempt());
  expect(outcome).toEqual({ kind: "retry", reason: "not-connected", scope: "account", counts: false });
  await homeserver.resume();
  await host.until(() => host.states.some(({ kind }) => kind === "connected" || kind === "misconfigured"));
  await running.stop();
  await homeserver.stop();
});
