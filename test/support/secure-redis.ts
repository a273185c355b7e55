// A Redis as an operator would put it on another machine: TLS both ways, no user but the one of docs/redis.md.

import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sensitive } from "../../src/model/sensitive.ts";
import type { RedisTarget, RedisTls } from "../../src/store/redis/target.ts";
import { freePort } from "./free-port.ts";
import { startPlainRedis, type TestRedis, type TestRedisOptions } from "./plain-redis.ts";
import {
  AUTHORITY,
  CLIENT_CERTIFICATE,
  CLIENT_KEY,
  SERVER_CERTIFICATE,
  SERVER_KEY,
} from "./redis-certificates.ts";

export const USER = "footbridge";
export const PASSWORD = "password-canary";
const DOCUMENT = new URL("../../docs/redis.md", import.meta.url);

/** What the user of docs/redis.md may do, as it stands there: `~{*`, `+get`, ... */
export function documentedRights(): readonly string[] {
  const text = readFileSync(DOCUMENT, "utf8");
  const rule = /^user footbridge (.*)$/m.exec(text)?.[1];
  if (rule === undefined) throw new Error("docs/redis.md has no line of the user footbridge");
  return rule.split(/\s+/).filter((word) => word !== "" && word !== "on" && !word.startsWith(">"));
}

/** Our side of the server's TLS. */
export const OUR_TLS: RedisTls = {
  ca: AUTHORITY,
  cert: CLIENT_CERTIFICATE,
  key: sensitive(CLIENT_KEY),
};

/** Files and command line for a server that asks for a certificate. Remove the folder when the server has ended. */
export async function tlsSettings(): Promise<{
  readonly folder: string;
  readonly settings: readonly string[];
}> {
  const folder = await mkdtemp(join(tmpdir(), "footbridge-tls-"));
  const files = { "ca.pem": AUTHORITY, "cert.pem": SERVER_CERTIFICATE, "key.pem": SERVER_KEY };
  for (const [name, pem] of Object.entries(files)) await writeFile(join(folder, name), pem, { mode: 0o600 });
  const [ca, cert, key] = ["ca.pem", "cert.pem", "key.pem"].map((name) => join(folder, name));
  const names = {
    "tls-ca-cert-file": ca,
    "tls-cert-file": cert,
    "tls-key-file": key,
    "tls-auth-clients": "yes",
  };
  return { folder, settings: Object.entries(names).flatMap(([name, value]) => [`--${name}`, value ?? ""]) };
}

/** Its target is the way that the daemon takes: TLS and the user. Who tests may use the socket, as the default user. */
export async function startSecureRedis(
  options: TestRedisOptions = {},
  moreRights: readonly string[] = [],
): Promise<TestRedis & { readonly port: number }> {
  const { folder, settings } = await tlsSettings();
  const port = await freePort();
  const user = ["--user", USER, "on", `>${PASSWORD}`, ...documentedRights(), ...moreRights];
  const more = ["--tls-port", `${port}`, ...settings, ...user, ...(options.more ?? [])];
  const redis = await startPlainRedis({ ...options, more });
  const target: RedisTarget = {
    kind: "tcp",
    host: "127.0.0.1",
    port,
    username: USER,
    password: sensitive(PASSWORD),
    tls: OUR_TLS,
  };
  return {
    ...redis,
    target,
    port,
    get pid() {
      return redis.pid;
    },
    stop: async () => {
      await redis.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
