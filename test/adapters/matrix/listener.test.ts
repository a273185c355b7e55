import { afterAll, beforeAll, expect, test } from "vitest";
import { end, openFor, type Stage, stage, token } from "./setup.ts";

const ANA = "@ana:localhost";
let one: Stage;
let base: string;

beforeAll(async () => {
  one = await stage();
  base = `http://127.0.0.1:${one.config.appservice.port}/_matrix/app/v1`;
});

afterAll(async () => {
  await end(one);
});

const AUTH = { authorization: "Bearer hs-token-of-a-test" };

function put(path: string, body: string, headers: Record<string, string> = AUTH): Promise<Response> {
  return fetch(base + path, { method: "PUT", headers, body });
}

test("a transaction is answered, whatever its number, again and again", async () => {
  for (const number of [1, 2, 1, 1]) {
    const response = await put(`/transactions/${number}`, '{"events":[{"type":"m.room.message"}]}');
    expect([response.status, await response.json()]).toEqual([200, {}]);
  }
});

test.each([
  ["no token", {}, 401, "M_UNAUTHORIZED"],
  ["a wrong token", { authorization: "Bearer wrong" }, 403, "M_FORBIDDEN"],
  ["a token of another kind", { authorization: "Basic aHM6aHM=" }, 401, "M_UNAUTHORIZED"],
])("a request with %s is refused", async (_name, headers, status, errcode) => {
  const response = await put("/transactions/1", "{}", headers as Record<string, string>);
  expect([response.status, await response.json()]).toEqual([status, expect.objectContaining({ errcode })]);
});

test("a token in the query isn't taken", async () => {
  const response = await put("/transactions/1?access_token=hs-token-of-a-test", "{}", {});
  expect(response.status).toBe(401);
});

test.each([
  ["", 400, "M_NOT_JSON"],
  ["{", 400, "M_NOT_JSON"],
  ["[]", 400, "M_BAD_JSON"],
  ["null", 400, "M_BAD_JSON"],
])("a transaction with the body %j gets a clear answer", async (body, status, errcode) => {
  const response = await put("/transactions/1", body);
  expect([response.status, await response.json()]).toEqual([status, expect.objectContaining({ errcode })]);
});

test("a transaction of any shape doesn't end the listener", async () => {
  for (const body of [
    '{"events":5,"ephemeral":{}}',
    '{"ephemeral":[null,1,{"type":"m.typing"},{"type":"m.receipt","room_id":"!a","content":{"$1":{"m.read":5}}}]}',
  ]) {
    expect((await put("/transactions/1", body)).status).toBe(200);
  }
});

test.each(["/rooms/%23_fb_x:localhost", "/users/@_fb_x:localhost", "/thirdparty/protocol/x"])(
  "%s isn't there",
  async (path) => {
    const response = await fetch(base + path, { headers: AUTH });
    expect([response.status, await response.json()]).toEqual([
      404,
      expect.objectContaining({ errcode: "M_NOT_FOUND" }),
    ]);
  },
);

test("ping is answered, and other paths and methods are not", async () => {
  const ping = await fetch(`${base}/ping`, { method: "POST", headers: AUTH, body: '{"transaction_id":"x"}' });
  expect([ping.status, await ping.json()]).toEqual([200, {}]);
  expect((await fetch(`${base}/ping`, { headers: AUTH })).status).toBe(405);
  expect((await fetch(`${base}/transactions/1`, { headers: AUTH })).status).toBe(405);
  expect((await fetch(`${base}/nothing`, { headers: AUTH })).status).toBe(404);
});

test("typing comes and goes, our own left out", async () => {
  const { room, alias } = await openFor(one, ANA);
  const from = one.host.signals.length;
  one.homeserver.typing(room, [ANA, `@_fb_${alias}:localhost`]);
  await one.host.until(() => one.host.signals.length === from + 1);
  one.homeserver.typing(room, []);
  await one.host.until(() => one.host.signals.length === from + 2);
  const seen = one.host.signals
    .slice(from)
    .map((signal) => [signal.chat.expose(), signal.from.expose(), signal.typing]);
  expect(seen).toEqual([
    [room, ANA, true],
    [room, ANA, false],
  ]);
});

test("a transaction is answered a moment later, so that the next one brings more", async () => {
  const began = performance.now();
  for (const number of [1, 2, 3, 4]) expect((await put(`/transactions/${number}`, "{}")).status).toBe(200);
  expect(performance.now() - began).toBeGreaterThan(4 * 8);
});

test("a read receipt is durable before its transaction is answered", async () => {
  const body = JSON.stringify({
    "de.sorunome.msc2409.ephemeral": [
      {
        type: "m.receipt",
        room_id: "!r",
        content: { $1: { "m.read": { [ANA]: { ts: 5 }, "@footbridge:localhost": {} } } },
      },
    ],
  });
  expect((await put("/transactions/9", body)).status).toBe(200);
  const last = one.host.events.at(-1);
  expect(last?.body).toMatchObject({ kind: "status", status: "read" });
  expect(last?.body.kind === "status" && last.body.targets.map((target) => target.expose())).toEqual(["$1"]);
  expect([last?.chat.expose(), last?.from.expose()]).toEqual(["!r", ANA]);
});

test("a receipt that the house can't take is dropped and the transaction answered", async () => {
  one.host.refuse = true;
  const body = JSON.stringify({
    ephemeral: [{ type: "m.receipt", room_id: "!r", content: { $2: { "m.read": { [ANA]: {} } } } }],
  });
  const { status } = await put("/transactions/10", body);
  one.host.refuse = false;
  expect(status).toBe(200);
});

test("the homeserver reaches us: what it says of the ping is shown", async () => {
  expect(one.host.states.at(-1)).toEqual({ kind: "connected" });
});

test("a homeserver that gets no good answer from us is a fault of the set-up, with a remedy", async () => {
  const other = await stage({}, false);
  await other.host.until(() => other.host.states.at(-1)?.kind === "connected");
  await end(other);
  const { appservice } = other.config; // its port is free again
  const broken = await stage(
    { appservice: { ...appservice, hsToken: token("another") } },
    false,
    appservice.port,
  );
  await broken.host.until(() => broken.host.states.at(-1)?.kind === "degraded");
  const state = broken.host.states.at(-1);
  await end(broken);
  // Texts still go both ways: only typing and receipts are missing.
  expect(state?.kind === "degraded" && state.remedy).toMatch(/hsToken/);
});

test("the listener goes on answering after intake was stopped, until it is stopped itself", async () => {
  const other = await stage();
  const url = `http://127.0.0.1:${other.config.appservice.port}/_matrix/app/v1/transactions/1`;
  await other.account.stopIntake();
  expect((await fetch(url, { method: "PUT", headers: AUTH, body: "{}" })).status).toBe(200);
  await end(other);
  await expect(fetch(url, { method: "PUT", headers: AUTH, body: "{}" })).rejects.toThrow();
});
