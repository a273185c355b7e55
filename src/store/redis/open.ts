import { totalmem } from "node:os";
import type { Sensitive } from "../../model/sensitive.ts";
import type { Clock, Milliseconds } from "../../model/time.ts";
import type { Logger } from "../../observe/log.ts";
import { type Connection, openConnection } from "./connection.ts";
import { type EmbeddedRedis, startEmbeddedRedis } from "./embedded.ts";
import { type RedisRisk, StoreAway } from "./errors.ts";
import { requireSafeRedis } from "./external.ts";
import { lockFolder } from "./folder-lock.ts";
import type { Script } from "./scripts.ts";
import { externalTarget, type RedisTls } from "./target.ts";

/** Which Redis the daemon works with. */
type RedisChoice =
  | { readonly kind: "embedded"; readonly folder: string }
  | {
      readonly kind: "external";
      /** The state folder: one daemon at a time has it, also without a server in it. */
      readonly folder: string;
      readonly url: Sensitive<string>;
      readonly cluster?: readonly Sensitive<string>[];
      readonly username?: string;
      readonly password?: Sensitive<string>;
      readonly tls?: RedisTls;
      readonly allow: readonly RedisRisk[];
    };

/** A Redis in use. */
export interface OpenRedis {
  readonly kind: "embedded" | "external";
  readonly connection: Connection;
  /** Ends the connection, and the server when it is ours. */
  close(): Promise<void>;
}

interface Surroundings {
  readonly log: Logger;
  readonly clock: Clock;
  readonly scripts: Iterable<Script>;
}

/** How long an external Redis is waited for at the start. */
const FIRST_CONNECT: Milliseconds = 15_000;
/** How long a predecessor in the state folder is waited for. */
const PREDECESSOR: Milliseconds = 10_000;

/**
 * Starts or finds the Redis, connects, and refuses one that could lose data.
 * @throws EmbeddedRedisFailed, UnsafeRedis, StoreAway
 */
export async function openRedis(choice: RedisChoice, surroundings: Surroundings): Promise<OpenRedis> {
  if (choice.kind === "embedded") {
    const server = await startEmbeddedRedis({
      folder: choice.folder,
      maxMemory: watermark(),
      ...surroundings,
    });
    const connection = openConnection(server.target, surroundings);
    await isUp(connection, surroundings.clock);
    return { kind: "embedded", connection, close: () => closeBoth(connection, server) };
  }
  const { allow, folder } = choice;
  const lock = await lockFolder(folder, PREDECESSOR, surroundings);
  const connection = openConnection(externalTarget(choice), surroundings);
  const close = async (): Promise<void> => {
    await connection.close();
    await lock.release();
  };
  try {
    await isUp(connection, surroundings.clock);
    const accepted = await requireSafeRedis(connection, allow);
    for (const { kind } of accepted) surroundings.log.warn("redis.risk.accepted", { kind });
  } catch (error) {
    await close();
    throw error;
  }
  return { kind: "external", connection, close };
}

/** Above this the embedded server takes nothing new in, and still drains: half of the machine's memory. */
function watermark(): number {
  return Math.floor(totalmem() / 2);
}

async function isUp(connection: Connection, clock: Clock): Promise<void> {
  if (connection.up) return;
  const up = new Promise<true>((resolve) => connection.onUp(() => resolve(true)));
  const waiting = new AbortController();
  const late = clock.sleep(FIRST_CONNECT, waiting.signal).then(
    () => false,
    () => true,
  );
  const connected = await Promise.race([up, late]);
  waiting.abort();
  if (!connected) throw new StoreAway("ETIMEDOUT");
}

async function closeBoth(connection: Connection, server: EmbeddedRedis): Promise<void> {
  await connection.close();
  await server.stop();
}
