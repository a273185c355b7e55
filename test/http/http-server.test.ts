import { execFile } from "node:child_process";
import { request } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import { healthReport } from "../../src/http/health.ts";
import { openHttpServer } from "../../src/http/http-server.ts";

type Server = Awaited<ReturnType<typeof openHttpServer>>;
const root = join(import.meta.dirname, "../..");

let server: Server | undefined;
let errors: unknown[] = [];
afterEach(async () => {
  await server?.close();
  server = undefined;
  errors = [];
});

async function open(metrics = async () => ({ type: "text/plain; version=0.0.4", text: "a 1\n" })) {
  server = await openHttpServer(
    { bind: "127.0.0.1", port: 0 },
    {
      health: {
        live: () => healthReport([]),
        ready: async () => healthReport([{ check: "redis", ok: false, found: "doesn't answer" }]),
      },
      metrics,
      onError: (error) => errors.push(error),
    },
  );
  const { port } = server;
  return async (path: string, init?: RequestInit) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
    const type = response.headers.get("content-type");
    return { code: response.status, type, text: await response.text() };
  };
}

describe("the HTTP server", () => {
  test("answers three paths, to be read alone; what stands behind a ? changes nothing", async () => {
    const get = await open();
    expect(await get("/health/live?x=1")).toMatchObject({ code: 200 });
    expect(await get("/health/ready")).toMatchObject({
      code: 503,
      text: '{"ok":false,"checks":[{"check":"redis","ok":false,"found":"doesn\'t answer"}]}',
    });
    expect(await get("/metrics")).toEqual({ code: 200, type: "text/plain; version=0.0.4", text: "a 1\n" });
    for (const path of ["/", "/status", "/health", "/health/", "/health/other", "/metrics/x", "/buried"])
      expect([path, (await get(path)).code]).toEqual([path, 404]);
    expect((await get("/metrics", { method: "POST", body: "x" })).code).toBe(404);
    expect((await get("/health/live", { method: "DELETE" })).code).toBe(404);
    expect(errors).toEqual([]);
  });

  test("doesn't answer a page of somebody else's that a browser asks for, on loopback", async () => {
    await open();
    const ask = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const asked = request({ port: server?.port, host: "127.0.0.1", path: "/metrics", headers: { host } });
        asked.on("response", (answer) => resolve(answer.resume().statusCode)).on("error", reject);
        asked.end();
      });
    expect(await ask("evil.example")).toBe(421);
    expect(await ask("127.0.0.1.evil.example:9600")).toBe(421);
    for (const own of ["localhost", "127.0.0.1:9600", "[::1]:9600"]) expect(await ask(own)).toBe(200);
  });

  test("takes what isn't understood for a stranger's fault", async () => {
    const get = await open();
    const headers = { "content-type": "application/json" };
    expect((await get("/metrics", { method: "POST", body: "{", headers })).code).toBeLessThan(500);
    expect(errors).toEqual([]);
  });

  test("says of what went wrong beneath an answer nothing but that it did", async () => {
    const get = await open(async () => {
      throw new RangeError("+15550123 is secret");
    });
    const { code, text } = await get("/metrics");
    expect(code).toBe(500);
    expect(text).not.toMatch(/secret|\d{4}|RangeError/);
    expect(errors).toHaveLength(1);
    expect((await get("/health/live")).code).toBe(200);
  });

  test("says what is wrong with a place where it can't listen", async () => {
    const answers = { health: { live: () => healthReport([]), ready: async () => healthReport([]) } };
    const opening = openHttpServer(
      { bind: "192.0.2.1", port: 9600 },
      { ...answers, metrics: async () => ({ type: "", text: "" }), onError: () => undefined },
    );
    await expect(opening).rejects.toThrow(
      "the HTTP server can't listen at 192.0.2.1:9600 (EADDRNOTAVAIL): this machine hasn't that address: correct http.bind in the config",
    );
  });

  test("isn't loaded, nor is what makes metrics, before it is asked for", async () => {
    const script = `import("./src/daemon.ts").then(() => {
      const loaded = Object.keys(require.cache);
      const of = (name) => loaded.filter((path) => path.includes("/node_modules/" + name + "/")).length;
      process.stdout.write(JSON.stringify({ known: of("ioredis") > 0, fastify: of("fastify"), prom: of("prom-client") }));
      process.exit(0);
    })`;
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], { cwd: root });
    expect(JSON.parse(stdout)).toEqual({ known: true, fastify: 0, prom: 0 });
  });
});
