import type {
  Account,
  AccountHost,
  AccountState,
  Address,
  Attempt,
  NativeChat,
  Operation,
  OutboundSignal,
  Outcome,
  PairBy,
  PairingStep,
  Unpairing,
} from "../../src/adapter/index.ts";
import {
  assertNever,
  type ConfiguredDoor,
  type Milliseconds,
  SECOND,
  type Sensitive,
  sensitive,
} from "../../src/model/index.ts";
import { whatsAppCapabilities } from "./capabilities.ts";
import type { WhatsAppConfig } from "./config.ts";
import { whatsAppDoor } from "./door.ts";
import { jidOf } from "./people.ts";
import type { Place } from "./place.ts";
import { chatOf, portalOfChat, portalRef, readPortal } from "./portal.ts";

/** How long what is being taken in may take to its end. */
const INTAKE_WITHIN: Milliseconds = 5 * SECOND;

/** A chat of two is there by its address alone, and shows nobody's name but the account's. */
const DONE: Outcome = { kind: "done", refs: [] };

/** Our own number on WhatsApp, as one of its linked devices. */
export class WhatsAppAccount implements Account {
  readonly capabilities = whatsAppCapabilities;
  readonly frontDoor: ConfiguredDoor;
  readonly numbers: readonly Sensitive<Address>[];
  readonly #config: WhatsAppConfig;
  readonly #host: AccountHost;
  readonly #stopping = new AbortController();
  readonly #working = new Set<Promise<unknown>>();
  #place: Place | undefined;
  #isIntakeOpen = true;
  #isStarted = false;
  #isClosed = false;
  #running: Promise<unknown> = Promise.resolve();
  /** The operator wants an account linked whose keys are lost. */
  #anew = Promise.withResolvers<void>();
  #reported = "";

  constructor(config: WhatsAppConfig, host: AccountHost) {
    this.#config = config;
    this.#host = host;
    this.frontDoor = whatsAppDoor(config.number);
    this.numbers = [sensitive(config.number)];
  }

  async start(signal: AbortSignal): Promise<void> {
    const until = AbortSignal.any([signal, this.#stopping.signal]);
    this.#isStarted = true;
    this.#report({ kind: "connecting" });
    this.#running = this.#run(until);
    await this.#running;
    this.#report({ kind: "stopped" });
  }

  async stopIntake(): Promise<void> {
    this.#isIntakeOpen = false;
    // What the house doesn't take in that time isn't acknowledged, and comes again.
    await this.#within(INTAKE_WITHIN, this.#place?.stopIntake() ?? Promise.resolve());
  }

  async perform(operation: Operation, attempt: Attempt): Promise<Outcome> {
    switch (operation.kind) {
      case "send":
        return this.#atPlace((place) => place.sender.send(operation, attempt));
      case "openPortal": {
        const { profile } = operation;
        if (profile === "bridge") return DONE;
        return this.#atPlace((place) => place.groups.open({ ...operation, profile }, attempt));
      }
      case "updatePortal": {
        const portal = readPortal(operation.portal);
        if (portal?.group === undefined) return DONE;
        const { group } = portal;
        return this.#atPlace(({ groups }) => groups.rename({ ...portal, group }, operation.profile, attempt));
      }
      case "closePortal": {
        const portal = readPortal(operation.portal);
        if (portal?.group === undefined) return DONE;
        const { group } = portal;
        return this.#atPlace(({ groups }) => groups.close({ ...portal, group }, attempt));
      }
      default:
        return assertNever(operation);
    }
  }

  portalOf(number: Sensitive<Address>, to: Sensitive<Address>) {
    const portal = { number: number.expose(), to: to.expose() };
    return { portal: portalRef(portal), chat: chatOf(portal) };
  }

  async deskOf(chat: NativeChat) {
    const portal = portalOfChat(chat);
    return portal && { portal: portalRef(portal), number: sensitive(portal.number) };
  }

  signal({ portal, typing }: OutboundSignal): void {
    const { to = "", group } = readPortal(portal) ?? {};
    const jid = group ?? jidOf(to);
    const socket = this.#place?.keeper.current()?.socket;
    // It is lossy: a socket that closes meanwhile loses it.
    if (jid !== undefined)
      socket?.sendPresenceUpdate(typing ? "composing" : "paused", jid).catch(() => undefined);
  }

  async *pair(by: PairBy, signal: AbortSignal): AsyncGenerator<PairingStep> {
    // An account whose keys are lost begins with new ones: the operator has said so by this.
    this.#anew.resolve();
    const place = await this.#whenOpen(signal);
    if (place !== undefined) yield* place.keeper.pair(by, signal);
    else if (!signal.aborted)
      yield { kind: "refused", why: "stopping", remedy: "the account isn't running: see its state" };
  }

  async unpair(): Promise<Unpairing> {
    return this.#isClosed ? "failed" : ((await this.#place?.keeper.unpair()) ?? "failed");
  }

  async stop(deadline: Milliseconds): Promise<void> {
    const { clock } = this.#host;
    const until = clock.monotonic() + deadline;
    const left = () => Math.max(until - clock.monotonic(), deadline / 10);
    this.#isClosed = true;
    const place = this.#place;
    if (place !== undefined) {
      await this.#within(left() * 0.4, Promise.all([place.stopIntake(), ...this.#working]));
      await place.keeper.stop(left() * 0.7);
      await this.#within(left() / 2, place.flush());
    }
    this.#stopping.abort();
    await this.#within(left(), this.#running);
  }

  async #atPlace(work: (place: Place) => Promise<Outcome>): Promise<Outcome> {
    const place = this.#isClosed ? undefined : this.#place;
    if (place === undefined) {
      return { kind: "retry", reason: "not-connected", scope: "account", counts: false };
    }
    const working = work(place);
    const over = working.catch(() => undefined);
    this.#working.add(over);
    try {
      return await working;
    } finally {
      this.#working.delete(over);
    }
  }

  async #run(until: AbortSignal): Promise<void> {
    const place = await this.#open(until);
    if (place === undefined) return;
    this.#place = place;
    this.#opened.resolve();
    if (!this.#isIntakeOpen) await place.stopIntake();
    await place.run(until);
  }

  readonly #opened = Promise.withResolvers<void>();

  /** Opens the account's keys. A store that is away is waited for; keys that are lost, for the operator. */
  async #open(until: AbortSignal): Promise<Place | undefined> {
    const parts = {
      config: this.#config,
      host: this.#host,
      report: (state: AccountState) => this.#report(state),
    };
    // Late: baileys takes some 45 MB, which a bridge without WhatsApp doesn't need.
    const { openPlace, UNOPENED } = await import("./place.ts");
    let isAnew = false;
    while (!until.aborted) {
      const opened = await openPlace(parts, isAnew);
      if (opened.kind === "open") return opened.place;
      if (opened.kind === "away") {
        await this.#host.clock.sleep(UNOPENED, until).catch(() => undefined);
        continue;
      }
      this.#report(opened.state);
      if (opened.kind === "barred") {
        this.#opened.resolve();
        await aborted(until);
        return undefined;
      }
      await Promise.race([this.#anew.promise, aborted(until)]);
      isAnew = true;
    }
    return undefined;
  }

  async #whenOpen(signal: AbortSignal): Promise<Place | undefined> {
    if (!this.#isStarted || this.#isClosed) return undefined;
    await Promise.race([this.#opened.promise, aborted(signal), aborted(this.#stopping.signal)]);
    return this.#place;
  }

  async #within(ms: Milliseconds, work: Promise<unknown>): Promise<void> {
    const done = new AbortController();
    const late = this.#host.clock.sleep(ms, done.signal).catch(() => undefined);
    await Promise.race([work.catch(() => undefined), late]);
    done.abort();
  }

  #report(state: AccountState): void {
    const now = JSON.stringify(state);
    if (now === this.#reported) return;
    this.#reported = now;
    this.#host.report(state);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
