import { setTimeout as delay } from "node:timers/promises";
import { initAuthCreds, type WASocket } from "baileys";
import type { WhatsAppConfig } from "../../../adapters/whatsapp/config.ts";
import { Keeper } from "../../../adapters/whatsapp/connection/keeper.ts";
import type { SessionAuth } from "../../../adapters/whatsapp/connection/session.ts";
import type { AccountState, PairBy, PairingStep } from "../../../src/adapter/index.ts";
import { accountId } from "../../../src/model/ids.ts";
import { createRandom } from "../../../src/observe/random.ts";
import { Journal } from "../../support/journal.ts";
import { type SkippingClock, skippingClock } from "../../support/skipping-clock.ts";
import { MemoryKeys } from "../../support/whatsapp/people/signal.ts";

/** Credentials that outlive a keeper, in memory. */
export class MemoryAuth implements SessionAuth {
  state = { creds: initAuthCreds(), keys: new MemoryKeys() };
  saves = 0;
  forgotten = 0;
  /** Runs before each save. */
  gate: () => Promise<void> = async () => undefined;

  get isPaired(): boolean {
    return this.state.creds.account !== undefined;
  }

  async saveCreds(): Promise<void> {
    await this.gate();
    this.saves += 1;
  }

  tidyPairing(): void {
    if (this.isPaired) return;
    delete this.state.creds.me;
    this.state.creds.pairingCode = undefined;
  }

  async forget(): Promise<void> {
    this.forgotten += 1;
    this.state = { creds: initAuthCreds(), keys: new MemoryKeys() };
  }
}

/** What the account of a test tells. */
type Told = { readonly state: AccountState } | { readonly step: PairingStep } | { readonly socket: WASocket };

/** A keeper alone, with a clock that can be put forward. */
export class Kept {
  readonly auth: MemoryAuth;
  readonly clock: SkippingClock = skippingClock();
  readonly logs: { readonly event: string; readonly fields: object }[] = [];
  readonly keeper: Keeper;
  /** Hears of each socket. */
  made: (socket: WASocket) => void = () => undefined;
  readonly #journal = new Journal<Told>();
  readonly #abort = new AbortController();

  constructor(
    server: { readonly url: string },
    number: string,
    auth = new MemoryAuth(),
    more: Pick<WhatsAppConfig, "version"> = {},
  ) {
    this.auth = auth;
    const log = (event: string, fields: object = {}): void => void this.logs.push({ event, fields });
    this.keeper = new Keeper({
      config: { number: `+${number}`, deviceName: "Footbridge", server: server.url, ...more },
      auth,
      hooks: {
        getMessage: async () => undefined,
        made: (socket) => {
          this.#journal.add({ socket });
          this.made(socket);
        },
      },
      host: {
        account: accountId("wa"),
        clock: this.clock,
        random: createRandom(),
        log: { debug: log, info: log, warn: log, error: log },
      },
      onState: (state) => this.#journal.add({ state }),
    });
  }

  /** Lives as long as the account. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  start(): this {
    void this.keeper.start(this.#abort.signal);
    return this;
  }

  /** Lets go of what was told, and so of the sockets. */
  letGo(): void {
    this.#journal.entries.length = 0;
  }

  /** Everything told so far: where to begin to wait for what comes next. */
  get now(): number {
    return this.#journal.entries.length;
  }

  get states(): AccountState["kind"][] {
    return this.#journal.entries.flatMap((told) => ("state" in told ? [told.state.kind] : []));
  }

  get steps(): readonly PairingStep[] {
    return this.#journal.entries.flatMap((told) => ("step" in told ? [told.step] : []));
  }

  /** What the operator was told to do. */
  get remedies(): readonly string[] {
    return this.#journal.entries.flatMap((told) => {
      const said = "state" in told ? told.state : "step" in told ? told.step : undefined;
      return said !== undefined && "remedy" in said ? [String(said.remedy)] : [];
    });
  }

  /** The sockets that were made. */
  get sockets(): readonly WASocket[] {
    return this.#journal.entries.flatMap((told) => ("socket" in told ? [told.socket] : []));
  }

  async state<K extends AccountState["kind"]>(
    kind: K,
    since = 0,
    ms = 8_000,
  ): Promise<Extract<AccountState, { kind: K }>> {
    const fits = (told: Told): told is { state: Extract<AccountState, { kind: K }> } =>
      "state" in told && told.state.kind === kind;
    const words = `found no state ${kind} in ${ms} ms, but ${this.states.join(", ")}`;
    return (await this.#journal.waitFor(fits, ms, words, since)).state;
  }

  async step<K extends PairingStep["kind"]>(
    kind: K,
    since = 0,
    ms = 8_000,
  ): Promise<Extract<PairingStep, { kind: K }>> {
    const fits = (told: Told): told is { step: Extract<PairingStep, { kind: K }> } =>
      "step" in told && told.step.kind === kind;
    const words = `found no step ${kind} in ${ms} ms`;
    return (await this.#journal.waitFor(fits, ms, words, since)).step;
  }

  /** Asks to be linked; the steps are told. Resolves when it is over. */
  async pair(by: PairBy = { kind: "qr" }, signal: AbortSignal = this.#abort.signal): Promise<void> {
    for await (const step of this.keeper.pair(by, signal)) this.#journal.add({ step });
  }

  /** Time goes by until the keeper makes another socket: 10 s at a time, `most` times, each for `pause` ms of the real clock. */
  async nextSocket(most = 40, pause = 20): Promise<void> {
    const before = this.sockets.length;
    for (let time = 0; time < most && this.sockets.length === before; time += 1) {
      this.clock.skip(10_000);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    if (this.sockets.length === before) throw new Error("found no further socket");
  }

  async stop(deadline = 2_000): Promise<void> {
    await this.keeper.stop(deadline);
    this.#abort.abort();
  }
}

/** A keeper that is linked by QR and connected. */
export async function linked(
  server: { readonly url: string; scan(number: string, qr: string): void },
  number: string,
  network: { readonly url: string } = server,
): Promise<Kept> {
  const kept = new Kept(network, number).start();
  const pairing = kept.pair();
  const { qr } = await kept.step("qr");
  server.scan(number, qr.expose());
  await pairing;
  return kept;
}

/** Lets hours go by, in steps as small as a pause, and gives how many sockets were made meanwhile. */
export async function hours(kept: Kept, count: number): Promise<number> {
  const before = kept.sockets.length;
  for (let step = 0; step < count * 4; step += 1) {
    kept.clock.skip(900_000);
    await delay(5);
  }
  return kept.sockets.length - before;
}
