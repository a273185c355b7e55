import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/observe/clock.ts";
import { findProgram, SERVERS } from "../../src/store/redis/programs.ts";
import { chooseGuard, ServerProcess } from "../../src/store/redis/server-process.ts";
import { type Fsync, serverArguments } from "../../src/store/redis/server-settings.ts";
import type { RedisTarget } from "../../src/store/redis/target.ts";

/** A throw-away Redis of a test's own, on a unix socket in a temporary folder, with the embedded server's settings. */
export interface TestRedis {
  readonly target: RedisTarget;
  readonly folder: string;
  readonly socket: string;
  readonly pid: number | undefined;
  /** As kill -9 does; resolves when it is gone. */
  kill(): Promise<void>;
  /** Serves the same folder again, after `kill` or instead of the one that runs; resolves when it is ready. */
  restart(): Promise<void>;
  /** Ends it by its PID, and removes the folder. */
  stop(): Promise<void>;
}

export interface TestRedisOptions {
  /** `no` when it is left out: what kill -9 leaves is the same, and tests are faster. */
  readonly fsync?: Fsync;
  readonly maxMemory?: number;
  /** More of the server's command line, `["--requirepass", "..."]`. */
  readonly more?: readonly string[];
}

/** On a unix socket, for whoever can open it. */
export async function startPlainRedis(options: TestRedisOptions = {}): Promise<TestRedis> {
  const binary = SERVERS.map((name) => findProgram(name)).find((path) => path !== undefined);
  if (binary === undefined)
    throw new Error(`these tests need ${SERVERS.join(" or ")}: apt-get install redis-server`);
  const folder = await mkdtemp(join(tmpdir(), "footbridge-redis-"));
  const socket = join(folder, "redis.sock");
  const memory = options.maxMemory === undefined ? {} : { maxMemory: options.maxMemory };
  const settings = { socket: "redis.sock", fsync: options.fsync ?? ("no" as const), ...memory };
  const plan = {
    binary,
    folder,
    arguments: [...serverArguments(settings), ...(options.more ?? [])],
    guard: await chooseGuard(),
  };
  const start = async (): Promise<ServerProcess> => {
    const started = new ServerProcess(plan);
    await started.ready(socket, systemClock);
    return started;
  };
  let server = await start();
  const kill = async (): Promise<void> => {
    server.kill();
    await server.ended;
  };
  return {
    target: { kind: "socket", path: socket },
    folder,
    socket,
    get pid() {
      return server.running ? server.pid : undefined;
    },
    kill,
    restart: async () => {
      await kill();
      server = await start();
    },
    stop: async () => {
      await server.stop(socket, systemClock);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
