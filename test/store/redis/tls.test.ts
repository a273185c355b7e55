import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { sensitive } from "../../../src/model/sensitive.ts";
import { systemClock } from "../../../src/observe/clock.ts";
import { type Connection, openConnection } from "../../../src/store/redis/connection.ts";
import { parseRedisUrl, type RedisTls } from "../../../src/store/redis/target.ts";
import { connectTo } from "../../support/redis.ts";
import { OTHER_AUTHORITY, SERVER_CERTIFICATE } from "../../support/redis-certificates.ts";
import { OUR_TLS, PASSWORD, startSecureRedis, USER } from "../../support/secure-redis.ts";

let redis: Awaited<ReturnType<typeof startSecureRedis>>;
let connection: Connection | undefined;

beforeAll(async () => {
  redis = await startSecureRedis();
});
afterEach(() => connection?.close());
afterAll(() => redis.stop());

const target = (tls: RedisTls, password = PASSWORD, scheme = "rediss") =>
  parseRedisUrl(sensitive(`${scheme}://127.0.0.1:${redis.port}`), {
    username: USER,
    password: sensitive(password),
    ...(scheme === "rediss" ? { tls } : {}),
  });

/** What a connection that doesn't come about writes into the log. */
async function refusal(tls: RedisTls, password?: string, scheme?: string): Promise<string> {
  const lines: string[] = [];
  const line = (event: string, fields?: object): void =>
    void lines.push(`${event} ${JSON.stringify(fields ?? {})}`);
  const log = { debug: line, info: line, warn: line, error: line };
  connection = openConnection(target(tls, password, scheme), { log, clock: systemClock });
  for (let i = 0; i < 100 && lines.length === 0; i++) await systemClock.sleep(10);
  await systemClock.sleep(50); // long enough for what must not happen
  expect(connection.up).toBe(false);
  expect(lines.join()).not.toContain("canary");
  return lines.join();
}

describe("a Redis behind TLS", () => {
  test.each([
    ["its address", OUR_TLS],
    ["the name that the config gives it", { ...OUR_TLS, serverName: "redis.test" }],
  ])("is spoken to when a trusted authority vouches for %s", async (_, tls) => {
    connection = await connectTo(target(tls));
    expect(await connection.command("GET", "{meta}")).toBeNull();
  });

  test.each<[string, RedisTls, RegExp]>([
    [
      "another authority is trusted",
      { ...OUR_TLS, ca: OTHER_AUTHORITY },
      /SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE/,
    ],
    [
      "nobody is named to be trusted",
      { serverName: "redis.test" },
      /SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE/,
    ],
    [
      "the certificate names another server",
      { ...OUR_TLS, serverName: "other.test" },
      /ERR_TLS_CERT_ALTNAME_INVALID/,
    ],
    [
      "we show no certificate",
      { ca: OUR_TLS.ca ?? "" },
      /ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED|ECONNRESET|EPIPE/,
    ],
    [
      "our certificate has another key",
      { ...OUR_TLS, cert: SERVER_CERTIFICATE },
      /ERR_OSSL_X509_KEY_VALUES_MISMATCH/,
    ],
  ])("isn't when %s", async (_, tls, code) => {
    expect(await refusal(tls)).toMatch(code);
  });

  test("isn't with a wrong password", async () => {
    expect(await refusal(OUR_TLS, "wrong")).toMatch(/WRONGPASS/);
  });

  test("isn't without TLS", async () => {
    expect(await refusal({}, PASSWORD, "redis")).toMatch(/store\.connection\.broken/);
  });
});
