import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, expect, test } from "vitest";
import { MatrixHttp } from "../../../adapters/matrix/http.ts";
import { freePort } from "../../peers/synapse/process.ts";
import { token } from "./setup.ts";

const open: { server: Server; http: MatrixHttp }[] = [];

afterEach(async () => {
  for (const { server, http } of open.splice(0)) {
    await http.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: RequestListener, path = ""): Promise<MatrixHttp> {
  const port = await freePort();
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${port}${path}`;
  const http = new MatrixHttp({
    url,
    asToken: token("t"),
    connections: 2,
    timeoutMs: 200,
    maxAnswerBytes: 1_000,
  });
  open.push({ server, http });
  return http;
}

const GET = { method: "GET", path: "/x" } as const;

test("a request carries the token, its query and its body, under the homeserver's own path", async () => {
  const seen: unknown[] = [];
  const http = await serve((request, response) => {
    seen.push(request.method, request.url, request.headers.authorization);
    request.on("data", (chunk) => seen.push(String(chunk)));
    request.on("end", () => response.end("{}"));
  }, "/base/");
  const query = { user_id: "@a b:hs", none: undefined };
  const answer = await http.request({ method: "PUT", path: "/x", query, body: { a: 1 } });
  expect(answer).toMatchObject({ kind: "answer", status: 200, json: {} });
  expect(seen).toEqual(["PUT", "/base/x?user_id=%40a%20b%3Ahs", "Bearer t", '{"a":1}']);
});

test("an answer larger than is read is a failure, and the connection is given up", async () => {
  const http = await serve((_request, response) => response.end("x".repeat(5_000)));
  expect(await http.request(GET)).toEqual({ kind: "failed", sent: true, why: "too-large" });
});

test("no answer in time is a timeout, a closed port a refusal that was never sent", async () => {
  const http = await serve(() => undefined);
  expect(await http.request(GET)).toEqual({ kind: "failed", sent: true, why: "timeout" });
  const port = await freePort();
  const nobody = new MatrixHttp({
    url: `http://127.0.0.1:${port}`,
    asToken: token("t"),
    connections: 1,
    timeoutMs: 200,
  });
  expect(await nobody.request(GET)).toEqual({ kind: "failed", sent: false, why: "refused" });
  await nobody.close();
});

test("a request that breaks twice counts as sent", async () => {
  let count = 0;
  const http = await serve((request) => {
    count += 1;
    request.socket.destroy();
  });
  expect(await http.request(GET)).toEqual({ kind: "failed", sent: true, why: "broken" });
  expect(count).toBe(2);
});

test("an aborted request ends at once", async () => {
  const http = await serve(() => undefined);
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 20);
  expect(await http.request({ ...GET, signal: stop.signal })).toEqual({
    kind: "failed",
    sent: true,
    why: "aborted",
  });
});

test.each([
  ["retry_after_ms", '{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":70}', {}, 70],
  ["the header of a proxy", "slow down", { "retry-after": "2" }, 2_000],
  [
    "a time that is none",
    '{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":"x"}',
    { "retry-after": "soon" },
    undefined,
  ],
])("429 with %s says when to come again", async (_name, body, headers, wait) => {
  const http = await serve((_request, response) => {
    response.writeHead(429, headers as Record<string, string>);
    response.end(body);
  });
  const answer = await http.request(GET);
  expect(answer.kind === "answer" && answer.retryAfterMs).toBe(wait);
});

test("an error code that is no code isn't taken over", async () => {
  const http = await serve((_request, response) => {
    response.writeHead(403);
    response.end('{"errcode":"@ana:example.org is not here"}');
  });
  expect(await http.request(GET)).toMatchObject({ status: 403 });
  expect(await http.request(GET)).not.toHaveProperty("errcode");
});
