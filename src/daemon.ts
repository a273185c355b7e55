import { join } from "node:path";
import { loopback } from "../adapters/loopback/index.ts";
import { matrix } from "../adapters/matrix/index.ts";
import { smsAdapter } from "../adapters/sms/index.ts";
import { whatsAppAdapter } from "../adapters/whatsapp/index.ts";
import { type AnyAdapter, anyAdapter } from "./adapter/any.ts";
import type { Config } from "./config/index.ts";
import { footbridgeVersion } from "./config/version.ts";
import { AccountTaken } from "./daemon/account-taken.ts";
import { openAccounts, type RunningAccount } from "./daemon/accounts.ts";
import { buildHouse } from "./daemon/build-house.ts";
import { greetOperator } from "./daemon/greeting.ts";
import { collector, IdleMemory } from "./daemon/idle-memory.ts";
import { Newsroom } from "./daemon/newsroom.ts";
import { openStateFolder } from "./daemon/state-folder.ts";
import { controlHandlers } from "./daemon/status.ts";
import type { Greeting } from "./http/control-api.ts";
import { type ControlServer, openControlServer } from "./http/control-server.ts";
import { controlSocketPath } from "./http/control-socket.ts";
import type { Clock, Random } from "./model/time.ts";
import { createClock } from "./observe/clock.ts";
import { describeError } from "./observe/errors.ts";
import type { RootLogger } from "./observe/log.ts";
import { createLogger } from "./observe/logger.ts";
import { createRandom } from "./observe/random.ts";
import { BuriedItems } from "./pipeline/buried.ts";
import { OperatorChat } from "./pipeline/operator-chat.ts";
import { PairKeeper } from "./pipeline/pairs.ts";
import { Pipeline } from "./pipeline/pipeline.ts";
import { createClockGuard } from "./privacy/clock-guard.ts";
import { openFileKeyStore } from "./privacy/file-key-store.ts";
import { loadKek } from "./privacy/kek.ts";
import { type Keyring, openKeyring } from "./privacy/keyring.ts";
import { AccountMark } from "./store/account-mark.ts";
import { checkSchema } from "./store/meta.ts";
import { type OpenRedis, openRedis } from "./store/redis/open.ts";
import { storeScripts } from "./store/store.ts";
import { Vault } from "./store/vault.ts";

/** The networks of this build; the config names them by `network`. */
export const adapters: readonly AnyAdapter[] = [
  anyAdapter(matrix),
  anyAdapter(smsAdapter),
  anyAdapter(whatsAppAdapter),
  anyAdapter(loopback),
];

interface DaemonOptions {
  readonly config: Config;
  readonly configPath: string;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: RootLogger;
}

/** A daemon at work. */
export interface Daemon {
  /** Resolves when intake is open. */
  readonly ready: Promise<void>;
  /** Resolves when it has stopped; rejects when it had to stop by itself. */
  readonly finished: Promise<void>;
  /** Stops intake, works off what can be sent within the config's `drain`, and ends. */
  stop(reason: string): Promise<void>;
}

/**
 * The composition root: config -> Redis, keys, core, adapters, control socket; started in this order, stopped in the reverse.
 * @throws what the parts throw when they can't start: each error says what to do.
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { config } = options;
  const clock = options.clock ?? createClock();
  const random = options.random ?? createRandom();
  const log = options.log ?? createLogger({ level: config.log.level });
  const began = clock.monotonic();
  controlSocketPath(config.state); // a path that is too long is said before anything is there
  await openStateFolder(config.state, log);
  const undo: (() => Promise<unknown>)[] = [];
  try {
    const redis = await openRedis(redisChoice(config), {
      log,
      clock,
      scripts: Object.values(storeScripts()),
    });
    undo.push(() => redis.close());
    const daemon = await assemble({ config, clock, random, log, redis, undo });
    log.info("daemon.ready", {
      ms: clock.monotonic() - began,
      version: footbridgeVersion(),
      pid: process.pid,
    });
    return daemon;
  } catch (error) {
    for (const step of undo.reverse()) await step().catch(() => undefined); // what failed first is what is reported
    throw error;
  }
}

interface Parts {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: RootLogger;
  readonly redis: OpenRedis;
  /** What has to be undone when the start fails. */
  readonly undo: (() => Promise<unknown>)[];
}

async function assemble({ config, clock, random, log, redis, undo }: Parts): Promise<Daemon> {
  const startedAt = clock.now();
  const store = {
    connection: redis.connection,
    scripts: storeScripts(),
    vault: new Vault(await openKeys(config, { clock, random, log }), random, clock),
  };
  await checkSchema(store);
  const clockGuard = createClockGuard(clock);
  const house = await buildHouse({ store, config, clock, random, log });
  const { operator } = config;
  const newsroom = operator && new Newsroom(house);
  const accounts = await openAccounts(
    config,
    adapters,
    house,
    (account) => new AccountMark(config.state, account),
    (account, state) => newsroom?.report(account, state),
  );
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => undefined); // looked at through `finished`
  const pipeline = new Pipeline({
    house,
    workplaces: accounts.workplaces,
    clockGuard,
    embedded: redis.kind === "embedded",
    owner: random.bytes(12).toString("base64url"),
    prepare: (legs) =>
      new PairKeeper(house, legs, accounts.byId).reconcile(config.pairs.map(({ parties }) => parties)),
    onLost: (account) => fail(new AccountTaken(account)),
  });
  accounts.connect(pipeline);
  const buried = new BuriedItems(house, [...accounts.byId.keys()]);
  const { workplaces } = accounts;
  const version = footbridgeVersion();
  const told = controlHandlers({
    version,
    startedAt,
    redis: redis.kind,
    allow: config.redis.kind === "external" ? config.redis.allow : [],
    house,
    pipeline,
    buried,
    workplaces,
    clockGuard,
  });
  const greet = (): Promise<Greeting> => greetOperator(house, operator, newsroom);
  const handlers = { ...told, greet };
  const onError = (error: unknown): void => log.error("control.failed", describeError(error));
  const control = await openControlServer({ stateFolder: config.state, handlers, onError });
  undo.push(() => control.close());
  await pipeline.start();
  if (operator) void newsroom?.open(new OperatorChat(pipeline.office, operator, pipeline)); // never throws
  const running = accounts.start();
  const tidying = new AbortController();
  const isQuiet = (): boolean => pipeline.lanes.size === 0 && pipeline.legs.size === 0;
  const collect = collector();
  if (collect !== undefined) void new IdleMemory({ clock, isQuiet, collect }).run(tidying.signal);
  const stopping = new Stopping({ config, clock, log, redis, pipeline, newsroom, running, control, tidying });
  return {
    ready: Promise.resolve(),
    finished: Promise.race([failed, stopping.done]),
    stop: (reason) => stopping.begin(reason),
  };
}

interface Stoppable {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: RootLogger;
  readonly redis: OpenRedis;
  readonly pipeline: Pipeline;
  readonly newsroom: Newsroom | undefined;
  readonly running: readonly RunningAccount[];
  readonly control: ControlServer;
  readonly tidying: AbortController;
}

/** Stops once, in order: intake, what is under way, connections, Redis. */
class Stopping {
  readonly done: Promise<void>;
  readonly #parts: Stoppable;
  #finish: () => void = () => undefined;
  #begun: Promise<void> | undefined;

  constructor(parts: Stoppable) {
    this.#parts = parts;
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  begin(reason: string): Promise<void> {
    this.#begun ??= this.#stop(reason);
    return this.#begun;
  }

  async #stop(reason: string): Promise<void> {
    const { config, clock, log, redis, pipeline, newsroom, running, control, tidying } = this.#parts;
    newsroom?.close();
    tidying.abort();
    const end = clock.monotonic() + config.drain;
    const left = (): number => Math.max(0, end - clock.monotonic());
    const within = async (work: Promise<unknown>): Promise<void> => {
      const over = new AbortController();
      const late = clock.sleep(left(), over.signal).catch(() => undefined);
      await Promise.race([
        work.catch((error: unknown) => log.error("stop.failed", describeError(error))),
        late,
      ]);
      over.abort();
    };
    log.info("daemon.stopping", { signal: reason });
    await within(Promise.all(running.map(({ account }) => account.stopIntake())));
    await within(pipeline.drain());
    pipeline.close();
    const stopped = pipeline.stop();
    await within(stopped);
    pipeline.legs.abort();
    await within(
      Promise.all(running.map(({ account, abort }) => account.stop(left()).finally(() => abort.abort()))),
    );
    for (const { abort } of running) abort.abort();
    await control.close();
    await redis.close();
    log.info("daemon.stopped");
    this.#finish();
  }
}

function redisChoice({ state, redis }: Config): Parameters<typeof openRedis>[0] {
  return redis.kind === "embedded"
    ? { kind: "embedded", folder: join(state, "redis") }
    : { ...redis, folder: state };
}

async function openKeys(
  { state, keys }: Config,
  { clock, random, log }: { clock: Clock; random: Random; log: RootLogger },
): Promise<Keyring> {
  const folder = join(state, "keys");
  const source =
    keys.kek === undefined
      ? ({ kind: "file", path: join(state, "kek"), create: true } as const)
      : ({ kind: "value", value: keys.kek } as const);
  const kek = await loadKek(source, { random, keyFolder: folder });
  const store = await openFileKeyStore({ folder, kek, clock, log, random });
  return openKeyring({ store, clock, random, log });
}
