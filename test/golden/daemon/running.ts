// The daemon as it is, from an empty state, in this process, so that its time can be skipped.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { stringify } from "yaml";
import { whatsAppAdapter } from "../../../adapters/whatsapp/index.ts";
import type { AnyAdapter } from "../../../src/adapter/any.ts";
import { loadConfig } from "../../../src/config/index.ts";
import { adapters, type Daemon, startDaemon } from "../../../src/daemon.ts";
import { type ControlClient, controlClient } from "../../../src/http/control-client.ts";
import type { Milliseconds } from "../../../src/model/time.ts";
import { createLogger } from "../../../src/observe/logger.ts";
import { ROOMY_LIMITS } from "../../support/roomy-limits.ts";
import { skippingClock } from "../../support/skipping-clock.ts";
import { passes } from "../steps.ts";

const PATIENCE: Milliseconds = 20_000;

/** WhatsApp with little between two messages: its pace has tests of its own. */
const HASTE = { perChatPerMinute: 300, perAccountPerMinute: 6_000 };

/** The networks, with one that hardly paces itself: its config can't be asked for that. */
const hasty: readonly AnyAdapter[] = adapters.map((adapter) =>
  adapter.network === whatsAppAdapter.network
    ? {
        ...adapter,
        config: {
          safeParse: (input: unknown) => {
            const parsed = whatsAppAdapter.config.safeParse(input);
            return parsed.success ? { ...parsed, data: { ...parsed.data, pacing: HASTE } } : parsed;
          },
        },
      }
    : adapter,
);

export class RunningDaemon {
  readonly clock = skippingClock();
  /** All that it logged. */
  readonly logged: string[] = [];
  /** What it logged as errors. */
  readonly errors: string[] = [];
  readonly #folder: string;
  #daemon: Daemon | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Starts it between its networks, and waits until it is connected to all of them. `link`: what its accounts need before. `more`: of its config. */
  static async start(
    accounts: Readonly<Record<string, unknown>>,
    link?: (daemon: RunningDaemon) => Promise<void>,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<RunningDaemon> {
    const running = new RunningDaemon(await mkdtemp(join(tmpdir(), "footbridge-golden-")));
    await running.#start({ ...more, accounts });
    await link?.(running);
    running.errors.length = 0; // that an account wasn't linked yet
    await running.until(async () => (await running.#accounts()).every(({ state }) => state === "connected"));
    return running;
  }

  async #start(own: Readonly<Record<string, unknown>>): Promise<void> {
    const configPath = join(this.#folder, "config.yaml");
    const settings = { state: "./state", timeZone: "UTC", limits: ROOMY_LIMITS, ...own };
    await writeFile(configPath, stringify(settings), { mode: 0o600 });
    const config = loadConfig(configPath, { adapters: hasty, env: {} });
    const log = createLogger({ level: "debug", destination: { write: (line) => this.#noted(line) } });
    this.#daemon = await startDaemon({ config, configPath, clock: this.clock, log });
  }

  #noted(line: string): void {
    this.logged.push(line);
    // Redis rewrites its file each hour, and refuses to while it does: here hours take no time.
    const isRewrite = line.includes('"event":"sweep.failed"') && line.includes('"error":"StoreRefused"');
    if (line.includes('"level":"error"') && !isRewrite) this.errors.push(line);
  }

  /** Where its private Redis listens. */
  get redisSocket(): string {
    return join(this.#folder, "state", "redis", "redis.sock");
  }

  get control(): ControlClient {
    return controlClient(join(this.#folder, "state"));
  }

  async #accounts() {
    return (await this.control.status()).accounts;
  }

  /** Whether the account of a network is connected. */
  async isConnected(network: string): Promise<boolean> {
    return (await this.#accounts()).some((each) => each.network === network && each.state === "connected");
  }

  /** Nothing is decided or sent any more, but for what waits for its network. */
  async idle(): Promise<void> {
    const { control } = this;
    let before = "";
    await this.until(async () => {
      const { accounts, lanes } = await control.status();
      const now = JSON.stringify(accounts.map(({ queued }) => queued));
      const isIdle = lanes.waiting === 0 && accounts.every(({ inFlight }) => inFlight === 0);
      const isAsBefore = now === before;
      before = now;
      return isIdle && isAsBefore;
    });
  }

  /** Lets time go by. */
  async waits(span: Milliseconds): Promise<void> {
    await this.idle();
    await passes(this.clock, span);
  }

  /** @throws Error when it doesn't become so in time */
  async until(isSo: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + PATIENCE; !(await isSo()); ) {
      if (Date.now() > end)
        throw new Error(`it didn't become so in time; the daemon: ${this.errors.join("")}`);
      await wait(50);
    }
  }

  async stop(): Promise<void> {
    await this.#daemon?.stop("test");
    await rm(this.#folder, { recursive: true, force: true });
  }
}
