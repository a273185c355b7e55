import type { AccountState, PairBy, PairingStep, Unpairing } from "../../../src/adapter/index.ts";
import { type Milliseconds, SECOND, type Timestamp } from "../../../src/model/index.ts";
import { e164, isNumberOf } from "../own-number.ts";
import { Pairing } from "../pairing.ts";
import { attend } from "./attend.ts";
import { backoff } from "./backoff.ts";
import type { Closed } from "./closed.ts";
import { errorName, type OpeningParts, openSession } from "./opening.ts";
import { LOCKED, needsPairing, otherNumber, standstill, UNTRUSTED } from "./remedies.ts";
import type { Session } from "./session.ts";
import { TimeLock } from "./time-lock.ts";
import { Watchdog } from "./watchdog.ts";

/** A session that lasted so long was a good one: the next try comes soon. */
const GOOD_AFTER: Milliseconds = 30 * SECOND;
/** How often in a row the server may ask for a new connection before that counts as a failure. */
const RESTARTS = 3;
const STOPPING = "the account isn't running: try again when it does";

/** What a keeper is made of. */
interface KeeperParts extends OpeningParts {
  /** Called at each change. */
  readonly onState: (state: AccountState) => void;
}

/** Keeps the account connected: a socket at a time, again when it ends, and not where that would do harm. */
export class Keeper {
  readonly #parts: KeeperParts;
  readonly #watchdog: Watchdog;
  readonly #lock: TimeLock;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #session: Session | undefined;
  #pairing: Pairing | undefined;
  /** Why nothing is tried before the operator says so. */
  #standing: AccountState | undefined;
  /** Ends the pause before the next socket, or the wait for the operator. */
  #pause = new AbortController();
  /** The link is being ended: nothing is connected meanwhile. */
  #isUnlinking = false;
  #reported = "";
  #failures = 0;
  #restarts = 0;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
    const { clock, random } = parts.host;
    this.#watchdog = new Watchdog(clock, random);
    this.#lock = new TimeLock(clock, () => this.#reportOpen());
  }

  /** The session that can send now. */
  current(): Session | undefined {
    return this.#session?.isOpen === true ? this.#session : undefined;
  }

  /** WhatsApp lets us write to nobody (new), until then where that is known: it is told, and taken back when it is over. */
  restrict(until?: Timestamp): void {
    this.#lock.begin(until);
  }

  /** Runs until the signal is aborted or `stop` is called; never throws. */
  start(signal: AbortSignal): Promise<void> {
    this.#running ??= this.#run(AbortSignal.any([signal, this.#stopping.signal]));
    return this.#running;
  }

  /** Ends the connection, within `deadline` ms, for good. */
  async stop(deadline: Milliseconds): Promise<void> {
    this.#stopping.abort();
    const over = new AbortController();
    const late = this.#parts.host.clock.sleep(deadline, over.signal).catch(() => undefined);
    await Promise.race([this.#running, late]);
    over.abort();
  }

  /** As `Account.pair` has it. */
  async *pair(by: PairBy, signal: AbortSignal): AsyncGenerator<PairingStep> {
    const pairing = new Pairing(by, this.#parts.host.account);
    const refusal = this.#refusalOf(by);
    if (refusal !== undefined) pairing.refuse(...refusal);
    else if (this.current() !== undefined) pairing.done();
    else {
      this.#pairing = pairing;
      this.#pause.abort();
    }
    try {
      yield* pairing.steps(signal);
    } finally {
      pairing.cancel();
      if (this.#pairing === pairing) {
        this.#pairing = undefined;
        if (!this.#parts.auth.isPaired) await this.#session?.end();
      }
    }
  }

  /** As `Account.unpair` has it. */
  async unpair(): Promise<Unpairing> {
    const { auth } = this.#parts;
    if (this.#running === undefined || this.#stopping.signal.aborted) return "failed";
    if (!auth.isPaired) return "not-paired";
    this.#isUnlinking = true;
    try {
      const told = await (this.current()?.logOut() ?? Promise.reject()).then(
        () => true,
        () => false, // not connected, or no answer came
      );
      await this.#session?.end({ kind: "logged-out" });
      if (!(await this.#forget())) return "failed";
      return told ? "unpaired" : "forgotten";
    } finally {
      this.#isUnlinking = false;
      this.#standing = undefined;
      this.#lock.end();
      this.#pause.abort();
    }
  }

  /** Why nobody can begin to link it now. */
  #refusalOf(by: PairBy): Parameters<Pairing["refuse"]> | undefined {
    if (this.#pairing !== undefined)
      return ["busy", "somebody else links this account now: wait for that to end"];
    if (this.#running === undefined || this.#stopping.signal.aborted) return ["stopping", STOPPING];
    const number = by.kind === "code" ? by.number : undefined;
    if (number === undefined || e164(number.expose()) === this.#parts.config.number) return undefined;
    return ["other-number", "that isn't the account's number: give the one that the config has, or none"];
  }

  async #run(life: AbortSignal): Promise<void> {
    const abort = (): void => void this.#session?.end();
    life.addEventListener("abort", abort, { once: true });
    if (this.#parts.auth.isPaired && !this.#isOurs()) this.#standing = otherNumber(this.#parts.host.account);
    while (!life.aborted) {
      if (this.#mayConnect()) await this.#once(life);
      else await this.#wait(life);
    }
    this.#lock.close();
    this.#pairing?.refuse("stopping", STOPPING);
    this.#report({ kind: "stopped" });
  }

  /** Whether the phone that it is linked with has the number of the config. */
  #isOurs(): boolean {
    const { auth, config } = this.#parts;
    return isNumberOf(auth.state.creds.me?.id ?? "", config.number);
  }

  /** A linked account that nothing keeps from it, or one that the operator wants linked or tried again. */
  #mayConnect(): boolean {
    const isWanted = this.#pairing !== undefined && !this.#pairing.isOver;
    return !this.#isUnlinking && (isWanted || (this.#parts.auth.isPaired && this.#standing === undefined));
  }

  /** Waits for the operator. */
  async #wait(life: AbortSignal): Promise<void> {
    const { host } = this.#parts;
    if (!this.#isUnlinking) this.#report(this.#standing ?? needsPairing(host.account));
    const over = this.#mayEnd(life);
    if (over.aborted) return;
    await new Promise<void>((resolve) => over.addEventListener("abort", () => resolve(), { once: true }));
  }

  /** What ends a pause: the operator, and the end of all. */
  #mayEnd(life: AbortSignal): AbortSignal {
    this.#pause = new AbortController();
    return AbortSignal.any([life, this.#pause.signal]);
  }

  /** One socket, and what follows from its end. */
  async #once(life: AbortSignal): Promise<void> {
    const { auth, host } = this.#parts;
    if (!(await this.#forgetOther())) return;
    const wasPaired = auth.isPaired;
    // Baileys would log in with what an abandoned code left, and be refused as after a logout.
    if (!wasPaired) auth.tidyPairing();
    if (wasPaired && this.#standing === undefined && this.#failures === 0)
      this.#report({ kind: "connecting" });
    const session = this.#open();
    if (session === undefined) return this.#after({ kind: "again", reason: "internal" }, wasPaired, life);
    this.#session = session;
    if (life.aborted) void session.end();
    const began = host.clock.monotonic();
    const over = new AbortController();
    // Baileys sees to it that a socket with a code ends in time.
    if (wasPaired) void this.#attend(session, over.signal);
    const closed = await session.closed;
    over.abort();
    this.#session = undefined;
    if (life.aborted) return;
    if (host.clock.monotonic() - began >= GOOD_AFTER) this.#failures = this.#restarts = 0;
    await this.#after(closed, wasPaired, life);
  }

  /** A socket; undefined when none can be made, which is a bug or a store that can't be read. */
  #open(): Session | undefined {
    try {
      return openSession(this.#parts, this.#lock, this.#pairing);
    } catch (error) {
      this.#parts.host.log.error("whatsapp.session.failed", { error: errorName(error) });
      return undefined;
    }
  }

  /** Who links it anew wants the config's number: what another one left goes. Whether it has. */
  async #forgetOther(): Promise<boolean> {
    if (!this.#parts.auth.isPaired || this.#isOurs()) return true;
    if (await this.#forget()) return true;
    this.#pairing?.refuse("rejected", "what is stored of it can't be changed now: see that Redis is up");
    return false;
  }

  /** Ends a session that has gone wrong. */
  async #attend(session: Session, over: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts.host;
    const around = { watchdog: this.#watchdog, clock };
    try {
      const kind = await attend(session, around, over, () => this.#opened());
      log.warn("whatsapp.dead", { kind });
      await session.end({ kind: "again", reason: "timeout" });
    } catch {
      // It is over.
    }
  }

  #opened(): void {
    this.#parts.host.log.info("whatsapp.connected");
    this.#standing = undefined;
    this.#reportOpen();
    this.#pairing?.done();
  }

  /** @param wasPaired whether it was linked when the socket was opened */
  async #after(closed: Closed, wasPaired: boolean, life: AbortSignal): Promise<void> {
    const { auth, host } = this.#parts;
    host.log.info("whatsapp.closed", {
      kind: closed.kind,
      ...("reason" in closed ? { reason: closed.reason } : {}),
    });
    if (this.#isUnlinking) return;
    if (!wasPaired && auth.isPaired && closed.kind !== "other-number") return this.#linked();
    if (!wasPaired) {
      if (closed.kind === "other-number") await this.#forget();
      // Without a link there is none to lose: what says so was left by an abandoned code.
      if (closed.kind !== "logged-out") this.#pairing?.closed(closed);
      return this.#later(closed, life);
    }
    switch (closed.kind) {
      case "restart":
        this.#restarts += 1;
        return this.#restarts <= RESTARTS
          ? undefined
          : this.#later({ kind: "again", reason: "network-error" }, life);
      case "again":
      case "untrusted":
      case "other-number":
        this.#pairing?.closed(closed);
        return this.#later(closed, life);
      case "logged-out":
        await this.#forget();
        break;
      default:
    }
    this.#standing = standstill(closed.kind, host.account);
    this.#lock.end();
    // Who wants to link it is shown a code next.
    if (closed.kind !== "logged-out") this.#pairing?.closed(closed);
  }

  #linked(): void {
    this.#failures = 0;
    this.#standing = undefined;
    this.#pairing?.linked();
  }

  async #later(closed: Closed, life: AbortSignal): Promise<void> {
    const { auth, host } = this.#parts;
    const isUntrusted = closed.kind === "untrusted";
    if (isUntrusted) this.#report(UNTRUSTED);
    else if (auth.isPaired && this.#standing === undefined) {
      this.#report({
        kind: "disconnected",
        reason: closed.kind === "again" ? closed.reason : "network-error",
      });
    }
    if (!this.#mayConnect()) return;
    this.#failures += 1;
    await host.clock
      .sleep(backoff(this.#failures, isUntrusted, host.random), this.#mayEnd(life))
      .catch(() => undefined);
  }

  async #forget(): Promise<boolean> {
    try {
      await this.#parts.auth.forget();
      return true;
    } catch (error) {
      // It is tried again with the next logout; until then WhatsApp refuses what is left.
      this.#parts.host.log.warn("whatsapp.forget.failed", { error: errorName(error) });
      return false;
    }
  }

  #reportOpen(): void {
    if (this.current() !== undefined) this.#report(this.#lock.isActive ? LOCKED : { kind: "connected" });
  }

  #report(state: AccountState): void {
    const key = JSON.stringify(state);
    if (key === this.#reported) return;
    this.#reported = key;
    this.#parts.onState(state);
  }
}
