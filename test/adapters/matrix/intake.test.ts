import { afterEach, expect, test } from "vitest";
import { MemoryAttempt, MemoryHost } from "../../support/account-host.ts";
import { end, openFor, type Stage, sendOperation, stage, startAccount } from "./setup.ts";

const ANA = "@ana:localhost";
const started: Stage[] = [];

async function begin(more: Parameters<typeof stage>[0] = {}, wait = true): Promise<Stage> {
  const made = await stage(more, wait);
  started.push(made);
  return made;
}

afterEach(async () => {
  for (const one of started.splice(0)) await end(one);
});

const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => `text ${n}`);

test("texts come in once, in order, and the place behind them is saved", async () => {
  const one = await begin();
  const { room } = await openFor(one, ANA);
  for (const text of numbers(50)) one.homeserver.userSends(room, ANA, text);
  await one.host.until(() => one.host.texts(room).length === 50);
  expect(one.host.texts(room)).toEqual(numbers(50));
  await one.host.until(() => one.host.saved === `s${one.homeserver.state.position}`);
});

test("a first start takes its place and brings nothing older", async () => {
  const one = await begin();
  const { room } = await openFor(one, ANA);
  one.homeserver.userSends(room, ANA, "old");
  await one.host.until(() => one.host.texts().length === 1);
  await one.stop();
  const host = new MemoryHost(); // one that knows nothing
  const second = await startAccount(one.config, host);
  one.homeserver.userSends(room, ANA, "new");
  await host.until(() => host.texts().length > 0);
  await second.stop();
  expect(host.texts()).toEqual(["new"]);
});

test("what came while we were away comes after it, across several pages, without a gap, marked as caught up", async () => {
  const one = await begin();
  const { room } = await openFor(one, ANA);
  const other = await openFor(one, "@bob:localhost");
  one.homeserver.userSends(room, ANA, "before");
  await one.host.until(() => one.host.texts(room).length === 1);
  await one.stop();
  for (const text of numbers(1_050)) one.homeserver.userSends(room, ANA, text);
  one.homeserver.userSends(other.room, "@bob:localhost", "hi");
  const host = new MemoryHost(one.host);
  const second = await startAccount(one.config, host);
  await host.until(() => host.texts(room).length === 1_051, 10_000);
  one.homeserver.userSends(room, ANA, "now");
  await host.until(() => host.texts(room).length === 1_052);
  await second.stop();
  expect(host.texts(room)).toEqual(["before", ...numbers(1_050), "now"]);
  expect(host.texts(other.room)).toEqual(["hi"]);
  const timings = host.events.filter(({ body }) => body.kind === "message").map(({ timing }) => timing);
  expect(new Set(timings.slice(1, -1))).toEqual(new Set(["caughtUp"]));
  expect(timings.at(-1)).toBe("live");
});

test("a page that fails in the middle of a gap is asked for again, and nothing is left out", async () => {
  const one = await begin();
  const { room } = await openFor(one, ANA);
  await one.stop();
  for (const text of numbers(700)) one.homeserver.userSends(room, ANA, text);
  let pages = 0;
  one.homeserver.fail(({ path }) => path[2] === "messages" && ++pages === 2, {
    kind: "status",
    status: 502,
    body: "<html>Bad Gateway</html>",
  });
  const host = new MemoryHost(one.host);
  const second = await startAccount(one.config, host);
  await host.until(() => host.texts(room).length === 700, 10_000);
  await second.stop();
  expect(host.texts(room)).toEqual(numbers(700));
});

test("an outage, a garbled answer and an answer without a place lose nothing and double nothing", async () => {
  const one = await begin();
  const { room } = await openFor(one, ANA);
  const isSync = ({ path }: { readonly path: readonly string[] }): boolean => path[0] === "sync";
  const bodies = ["<html>", "{}", '{"next_batch":5}', "[]", "null", '{"next_batch":""}'];
  for (const [at, body] of bodies.entries()) {
    one.homeserver.fail(isSync, { kind: "status", status: 200, body });
    one.homeserver.userSends(room, ANA, `text ${at}`);
    await one.host.until(() => one.host.texts(room).length === at + 1);
  }
  one.homeserver.fail(isSync, { kind: "break", after: "done" });
  await one.homeserver.outage();
  await one.host.until(() => one.host.states.at(-1)?.kind === "disconnected");
  one.homeserver.userSends(room, ANA, "text 6");
  await one.homeserver.resume();
  await one.host.until(() => one.host.texts(room).length === 7);
  expect(one.host.texts(room)).toEqual(numbers(7));
  await one.host.until(() => one.host.states.at(-1)?.kind === "connected");
});

test("a house that takes nothing now keeps its place and gets the same batch again", async () => {
  const one = await begin();
  const { room } = await openFor(one, ANA);
  await settled(one);
  one.host.refuse = true;
  const place = one.host.saved;
  one.homeserver.userSends(room, ANA, "hello");
  await one.host.until(() => one.host.logs.some(({ event }) => event === "matrix.intake.refused"));
  expect(one.host.saved).toBe(place);
  one.host.refuse = false;
  await one.host.until(() => one.host.texts(room).length === 1);
  expect(one.host.texts(room)).toEqual(["hello"]);
});

test("malformed events don't hold up the others", async () => {
  const one = await begin();
  const { room } = await openFor(one, ANA);
  const { userSendsEvent, userSends } = one.homeserver;
  userSendsEvent.call(one.homeserver, room, ANA, "m.room.message", { msgtype: 5 });
  userSendsEvent.call(one.homeserver, room, "", "m.room.message", { msgtype: "m.text", body: "nobody's" });
  userSendsEvent.call(
    one.homeserver,
    room,
    ANA,
    "m.room.message",
    { msgtype: "m.text", body: "late" },
    { origin_server_ts: 9e15 },
  );
  userSends.call(one.homeserver, room, ANA, "fine");
  await one.host.until(() => one.host.texts(room).includes("fine"));
  expect(one.host.texts(room)).toEqual(["late", "fine"]);
  expect(one.host.events.filter(({ body }) => body.kind === "malformed")).toHaveLength(1);
  expect(one.host.logs.find(({ event }) => event === "matrix.event.unreadable")?.fields).toEqual({
    count: 1,
  });
});

test("an event of a room that is no portal is handed over like any other", async () => {
  const one = await begin();
  const room = one.homeserver.userCreatesRoom(ANA, "@footbridge:localhost");
  await one.host.until(
    () =>
      one.homeserver.state.membership(one.homeserver.state.room(room) ?? never(), "@footbridge:localhost") ===
      "join",
  );
  one.homeserver.userSends(room, ANA, "is anybody there?");
  await one.host.until(() => one.host.texts(room).length === 1);
  expect(one.host.texts(room)).toEqual(["is anybody there?"]);
});

function never(): never {
  throw new Error("the room is gone");
}

test("a direct chat with the bot is joined, an invite to any other room rejected", async () => {
  const one = await begin();
  const bot = "@footbridge:localhost";
  const direct = one.homeserver.userCreatesRoom(ANA, bot, true);
  const group = one.homeserver.userCreatesRoom(ANA, bot, false);
  const membership = (id: string): string | undefined =>
    one.homeserver.state.membership(one.homeserver.state.room(id) ?? never(), bot);
  await one.host.until(() => membership(direct) === "join" && membership(group) === "leave");
  expect([membership(direct), membership(group)]).toEqual(["join", "leave"]);
});

test("an invite whose answer fails for good doesn't hold up texts", async () => {
  const one = await begin();
  const { room } = await openFor(one, ANA);
  one.homeserver.fail(({ path }) => path[0] === "join", { kind: "status", status: 502, body: "" }, 100);
  one.homeserver.userCreatesRoom(ANA, "@footbridge:localhost", true);
  one.homeserver.userSends(room, ANA, "hello");
  await one.host.until(() => one.host.texts(room).length === 1, 2_000);
  expect(one.host.texts(room)).toEqual(["hello"]);
});

test("a wrong token is the operator's: misconfigured with a remedy, and fine again once it is right", async () => {
  const one = await begin();
  const { room, portal } = await openFor(one, ANA);
  await settled(one);
  const unknown = { kind: "status", status: 401, body: '{"errcode":"M_UNKNOWN_TOKEN"}' } as const;
  one.homeserver.fail(() => true, unknown, 3);
  const outcome = await one.account.perform(sendOperation(portal, "x"), new MemoryAttempt());
  expect(outcome).toEqual({ kind: "retry", reason: "unauthorised", scope: "account", counts: false });
  const state = one.host.states.at(-1);
  expect(state?.kind === "misconfigured" && state.remedy).toMatch(/asToken/);
  one.homeserver.userSends(room, ANA, "hello");
  await one.host.until(() => one.host.states.at(-1)?.kind === "connected");
  expect(one.host.texts(room)).toEqual(["hello"]);
});

/** Waits until everything that happened was read, so that the next poll is under way. */
async function settled({ host, homeserver }: Stage): Promise<void> {
  await host.until(() => host.saved === `s${homeserver.state.position}`);
  await new Promise((resolve) => setTimeout(resolve, 50));
}

test("429 on the poll waits as long as it says", async () => {
  const one = await begin();
  const { room } = await openFor(one, ANA);
  await settled(one);
  const body = '{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":700}';
  one.homeserver.fail(({ path }) => path[0] === "sync", { kind: "status", status: 429, body });
  one.homeserver.userSends(room, ANA, "one");
  await one.host.until(() => one.host.texts(room).length === 1);
  const at = performance.now();
  one.homeserver.userSends(room, ANA, "two");
  await one.host.until(() => one.host.texts(room).length === 2);
  expect(performance.now() - at).toBeGreaterThan(600);
});

test("stopping intake ends a poll that hangs at once, and nothing is taken after it", async () => {
  const one = await begin();
  const { room } = await openFor(one, ANA);
  await settled(one);
  one.homeserver.fail(({ path }) => path[0] === "sync", { kind: "hang" }, 5);
  one.homeserver.userSends(room, ANA, "before");
  await one.host.until(() => one.host.texts(room).length === 1);
  await new Promise((resolve) => setTimeout(resolve, 50)); // the next poll hangs now
  const startedAt = performance.now();
  await one.account.stopIntake();
  expect(performance.now() - startedAt).toBeLessThan(200);
  one.homeserver.userSends(room, ANA, "after");
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(one.host.texts(room)).toEqual(["before"]);
});

test("sending works after intake was stopped", async () => {
  const one = await begin();
  await openFor(one, ANA);
  await one.account.stopIntake();
  const { room } = await openFor(one, "@bob:localhost");
  expect(room).not.toBe("");
});

test("a thousand rooms are read in one poll", async () => {
  const one = await begin();
  const rooms = Array.from({ length: 1_000 }, () => {
    const id = one.homeserver.userCreatesRoom(ANA, "@x:localhost");
    one.homeserver.userJoins(id, "@footbridge:localhost");
    return id;
  });
  for (const room of rooms) one.homeserver.userSends(room, ANA, "hi");
  await one.host.until(() => one.host.texts().length === 1_000, 10_000);
  expect(one.host.texts()).toHaveLength(1_000);
});

test("an echo of our own doesn't come in", async () => {
  const one = await begin();
  const { room } = await openFor(one, ANA);
  one.homeserver.userSends(room, "@footbridge:localhost", "ours");
  one.homeserver.userSends(room, "@_fb_abc:localhost", "ours");
  one.homeserver.userSends(room, ANA, "theirs");
  await one.host.until(() => one.host.texts().length > 0);
  expect(one.host.texts()).toEqual(["theirs"]);
});
