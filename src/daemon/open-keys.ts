import { join } from "node:path";
import type { Config } from "../config/index.ts";
import type { Clock, Random } from "../model/time.ts";
import type { RootLogger } from "../observe/log.ts";
import { openFileKeyStore } from "../privacy/file-key-store.ts";
import { loadKek } from "../privacy/kek.ts";
import type { KeyStore } from "../privacy/key-store.ts";

/** Where the keys of a state folder are. */
export function keyFolder(state: string): string {
  return join(state, "keys");
}

/** Opens the key store of a config's state folder. @throws KekUnusable, KeyStoreUnusable */
export async function openKeyStore(
  { state, keys }: Pick<Config, "state" | "keys">,
  { clock, random, log }: { clock: Clock; random: Random; log: RootLogger },
): Promise<KeyStore> {
  const folder = keyFolder(state);
  const source =
    keys.kek === undefined
      ? ({ kind: "file", path: join(state, "kek"), create: true } as const)
      : ({ kind: "value", value: keys.kek } as const);
  const kek = await loadKek(source, { random, keyFolder: folder });
  return openFileKeyStore({ folder, kek, clock, log, random });
}

/** Which Redis a config names, as `openRedis` wants it. */
export function redisChoice({ state, redis }: Pick<Config, "state" | "redis">) {
  return redis.kind === "embedded"
    ? ({ kind: "embedded", folder: join(state, "redis") } as const)
    : { ...redis, folder: state };
}
