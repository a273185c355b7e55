import { loopback } from "../adapters/loopback/index.ts";
import { matrix } from "../adapters/matrix/index.ts";
import { smsAdapter } from "../adapters/sms/index.ts";
import { whatsAppAdapter } from "../adapters/whatsapp/index.ts";
import { type AnyAdapter, anyAdapter } from "./adapter/any.ts";
import { type Config, packageEntries } from "./config/index.ts";
import { footbridgeVersion } from "./config/version.ts";
import { AccountTaken } from "./daemon/account-taken.ts";
import { openAccounts, type RunningAccount } from "./daemon/accounts.ts";
import { makeBackup, removeDrafts } from "./daemon/backup.ts";
import { buildHouse } from "./daemon/build-house.ts";
import { certificatesOf } from "./daemon/certificates.ts";
import { type Desk, frontOf } from "./daemon/desk.ts";
import type { Front } from "./daemon/front.ts";
import { greetOperator } from "./daemon/greeting.ts";
import { Health } from "./daemon/health.ts";
import { Heartbeat } from "./daemon/heartbeat.ts";
import { collector, IdleMemory } from "./daemon/idle-memory.ts";
import { Metrics } from "./daemon/metrics.ts";
import { Newsroom } from "./daemon/newsroom.ts";
import { openKeyStore, redisChoice } from "./daemon/open-keys.ts";
import { loadPackages } from "./daemon/packages/load.ts";
import type { Reported } from "./daemon/reported.ts";
import { openStateFolder } from "./daemon/state-folder.ts";
import { controlHandlers } from "./daemon/status.ts";
import { Watch } from "./daemon/watch.ts";
import type { Greeting } from "./http/control-api.ts";
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
import { openKeyring } from "./privacy/keyring.ts";
import { AccountMark } from "./store/account-mark.ts";
import { openFileJournal } from "./store/file-journal.ts";
import { keys } from "./store/keys.ts";
import { claimSchema } from "./store/meta.ts";
import { migrate } from "./store/migrations.ts";
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

/**
 * Those, and the networks that the packages bring which a config file asks for: with them it is checked. The packages' code runs.
 * Without a file, before there is one: those that are built in.
 * @throws ConfigError when the file can't be read, or a package can't be had.
 */
export async function loadAdapters(configPath?: string): Promise<readonly AnyAdapter[]> {
  if (configPath === undefined) return adapters;
  const packages = await loadPackages(configPath, packageEntries(configPath), adapters, createClock());
  return [...adapters, ...packages.map(({ adapter }) => adapter)];
}

/** The networks of a config, with a line in the log for each package. */
async function adaptersOf(
  { file, packages }: Config,
  { clock, log }: { readonly clock: Clock; readonly log: RootLogger },
): Promise<readonly AnyAdapter[]> {
  const entries = packages.map((name) => ({ package: name, key: "adapters" }));
  const loaded = await loadPackages(file, entries, adapters, clock);
  for (const { name, version, adapter } of loaded)
    log.info("adapter.loaded", { package: name, version, network: adapter.network });
  return [...adapters, ...loaded.map(({ adapter }) => adapter)];
}

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
  const desk: Desk = { health: new Health(clock), handlers: undefined, metrics: new Metrics(clock) };
  const front = frontOf(desk, config, { clock, log });
  undo.push(() => front.close());
  try {
    // Beside each other: loading what HTTP takes doesn't hold up the start.
    const opened = front.openFree();
    opened.catch(() => undefined); // looked at below
    const redis = await openRedis(redisChoice(config), {
      log,
      clock,
      scripts: Object.values(storeScripts()),
    });
    undo.push(() => redis.close());
    await opened;
    await front.openAll();
    const networks = await adaptersOf(config, { clock, log });
    const daemon = await assemble({ config, networks, clock, random, log, redis, front, desk });
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
  readonly networks: readonly AnyAdapter[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: RootLogger;
  readonly redis: OpenRedis;
  readonly front: Front;
  readonly desk: Desk;
}

async function assemble({
  config,
  networks,
  clock,
  random,
  log,
  redis,
  front,
  desk,
}: Parts): Promise<Daemon> {
  const startedAt = clock.now();
  const { connection } = redis;
  await claimSchema({ connection }); // before any key is made
  const keyring = await openKeyring({
    store: await openKeyStore(config, { clock, random, log }),
    clock,
    random,
    log,
  });
  const clockGuard = createClockGuard(clock);
  const journal = await openFileJournal({ path: config.backup.journal, clock, random, log, clockGuard });
  const store = { connection, scripts: storeScripts(), vault: new Vault(keyring, random, clock), journal };
  await migrate(store, { log, clock });
  await removeDrafts(config.state);
  const house = await buildHouse({ store, config, clock, random, log });
  const { operator } = config;
  const newsroom = operator && new Newsroom(house);
  const accounts = await openAccounts(
    config,
    networks,
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
  const buried = new BuriedItems(house, [...accounts.byId.keys()], pipeline.lanes);
  const { workplaces } = accounts;
  const version = footbridgeVersion();
  const heartbeat = new Heartbeat(redis.connection, clock, log);
  const schema = String(await redis.connection.command("HGET", keys.meta, "schema"));
  desk.health.built({ redis: redis.kind, heartbeat, pipeline, workplaces, schema });
  const reported: Reported = {
    version,
    startedAt,
    redis: redis.kind,
    state: config.state,
    allow: config.redis.kind === "external" ? config.redis.allow : [],
    house,
    pipeline,
    buried,
    workplaces,
    clockGuard,
  };
  const told = controlHandlers(reported, heartbeat);
  const greet = (): Promise<Greeting> => greetOperator(house, operator, newsroom);
  const backup = () =>
    makeBackup({ house, journal, version, key: config.backup.key, stateFolder: config.state });
  desk.handlers = { ...told, greet, backup };
  const certificates = certificatesOf(config);
  const watched = { reported, heartbeat, certificates, state: config.state };
  const watch = new Watch(watched, newsroom);
  desk.metrics.source = { ...watched, health: desk.health, alerts: () => watch.active };
  await pipeline.start();
  if (operator) void newsroom?.open(new OperatorChat(pipeline.office, operator, pipeline)); // never throws
  const running = accounts.start();
  const tidying = new AbortController();
  void heartbeat.run(tidying.signal); // never throws
  void journal.run(tidying.signal); // nor does this
  if (operator !== undefined || config.http !== undefined) void watch.run(tidying.signal); // nor does this
  const isQuiet = (): boolean => pipeline.lanes.size === 0 && pipeline.legs.size === 0;
  const collect = collector();
  if (collect !== undefined) void new IdleMemory({ clock, isQuiet, collect }).run(tidying.signal);
  const { health } = desk;
  health.started();
  const parts = { config, clock, log, redis, pipeline, newsroom, running, front, health, tidying };
  const stopping = new Stopping(parts);
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
  readonly front: Front;
  readonly health: Health;
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
    const { config, clock, log, redis, pipeline, newsroom, running, front, health, tidying } = this.#parts;
    health.stopping();
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
    await front.close();
    await redis.close();
    log.info("daemon.stopped");
    this.#finish();
  }
}
