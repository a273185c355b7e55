import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Sensitive } from "../../../src/model/sensitive.ts";
import { systemClock } from "../../../src/observe/clock.ts";
import { openConnection } from "../../../src/store/redis/connection.ts";
import { parseRedisUrl, type RedisTls } from "../../../src/store/redis/target.ts";
import { connectTo, startTestRedis, type TestRedis } from "../../support/redis.ts";
import { CERTIFICATE, PRIVATE_KEY } from "./tls-fixture.ts";

let redis: TestRedis;
let port: number;

beforeAll(async () => {
  redis = await startTestRedis();
  await writeFile(join(redis.folder, "cert.pem"), CERTIFICATE);
  await writeFile(join(redis.folder, "key.pem"), PRIVATE_KEY);
  port = await freePort();
  const local = await connectTo(redis.target);
  const files = ["tls-cert-file", "cert.pem", "tls-key-file", "key.pem", "tls-ca-cert-file", "cert.pem"];
  await local.command("CONFIG", "SET", "tls-auth-clients", "no", ...files, "tls-port", port);
  await local.close();
});
afterAll(() => redis.stop());

const target = (tls: RedisTls) => parseRedisUrl(new Sensitive(`rediss://127.0.0.1:${port}`), { tls });

describe("a Redis behind TLS", () => {
  test("is spoken to when its certificate is trusted", async () => {
    const connection = await connectTo(target({ ca: CERTIFICATE, serverName: "redis.test" }));
    expect(await connection.command("PING")).toEqual(Buffer.from("PONG"));
    await connection.close();
  });

  test.each([
    ["nobody vouches for", { serverName: "redis.test" }],
    ["names another server", { ca: CERTIFICATE, serverName: "other.test" }],
  ] as const)("whose certificate %s isn't", async (_, tls) => {
    const lines: string[] = [];
    const line = (event: string, fields?: object): void =>
      void lines.push(`${event} ${JSON.stringify(fields ?? {})}`);
    const log = { debug: line, info: line, warn: line, error: line };
    const connection = openConnection(target(tls), { log, clock: systemClock });
    await systemClock.sleep(150);
    expect(connection.up).toBe(false);
    expect(lines.join()).toMatch(/DEPTH_ZERO_SELF_SIGNED_CERT|ERR_TLS_CERT_ALTNAME_INVALID/);
    await connection.close();
  });
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}
