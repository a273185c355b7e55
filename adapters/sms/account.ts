import type {
  Account,
  AccountHost,
  AccountState,
  Address,
  Attempt,
  NativeChat,
  Operation,
  Outcome,
} from "../../src/adapter/index.ts";
import {
  assertNever,
  type ConfiguredDoor,
  MINUTE,
  type Milliseconds,
  SECOND,
  type Sensitive,
  sensitive,
} from "../../src/model/index.ts";
import { smsCapabilities } from "./capabilities.ts";
import { frontDoorOf, type SmsConfig } from "./config.ts";
import { smsDoor } from "./door.ts";
import { Intake } from "./inbound/intake.ts";
import { MessageReader } from "./inbound/reader.ts";
import { SessionBook } from "./inbound/sessions.ts";
import { Link } from "./link/link.ts";
import { Pool } from "./link/pool.ts";
import { stateOf } from "./link/state.ts";
import { Numbering } from "./numbers.ts";
import { Sender } from "./outbound/sender.ts";
import { chatOf, portalOfChat, portalRef } from "./portal.ts";

/** A pool of numbers behind one or more SMSCs. */
export class SmsAccount implements Account {
  readonly capabilities;
  readonly frontDoor: ConfiguredDoor;
  readonly numbers: readonly Sensitive<Address>[];
  readonly #host: AccountHost;
  readonly #book: SessionBook;
  readonly #intake: Intake;
  readonly #links: readonly Link[];
  readonly #pool: Pool;
  readonly #sender: Sender;
  readonly #stopping = new AbortController();
  #running: Promise<unknown> = Promise.resolve();
  #reported = "";

  constructor(config: SmsConfig, host: AccountHost) {
    this.capabilities = smsCapabilities(config);
    this.frontDoor = smsDoor(frontDoorOf(config));
    this.numbers = config.numbers.map((number) => sensitive(number));
    this.#host = host;
    this.#book = new SessionBook(host.storage, host.clock, host.random);
    const reader = new MessageReader(host.account, new Numbering(config.numbersAre), config.numbers);
    this.#intake = new Intake(host, reader, this.#book, config.partsWaitMinutes * MINUTE);
    const around = { host, intake: this.#intake, book: this.#book, changed: () => this.#changed() };
    this.#links = config.links.map((link) => new Link(link, around));
    this.#pool = new Pool(this.#links, host.clock);
    this.#sender = new Sender(config, host, this.#pool);
  }

  async start(signal: AbortSignal): Promise<void> {
    const until = AbortSignal.any([signal, this.#stopping.signal]);
    this.#report({ kind: "connecting" });
    await this.#loadBook(until);
    if (!until.aborted) {
      this.#running = Promise.all(this.#links.map((link) => link.run(until)));
      await Promise.all([this.#running, this.#intake.run(until), this.#noteConfirmed(until)]);
    }
    this.#report({ kind: "stopped" });
  }

  async stopIntake(): Promise<void> {
    await this.#intake.close();
  }

  async perform(operation: Operation, attempt: Attempt): Promise<Outcome> {
    switch (operation.kind) {
      case "send":
        return this.#sender.send(operation, attempt);
      case "openPortal":
      case "updatePortal":
      case "closePortal":
        // A portal on SMS is there by its address alone, and shows nobody's name.
        return { kind: "done", refs: [] };
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

  async stop(deadline: Milliseconds): Promise<void> {
    const { clock } = this.#host;
    const until = clock.monotonic() + deadline;
    const left = () => Math.max(until - clock.monotonic(), deadline / 10);
    this.#pool.close();
    await this.#within(left() / 2, this.#intake.close());
    await this.#pool.idle(left() * 0.7);
    await Promise.all(this.#links.map((link) => link.stop(left())));
    this.#stopping.abort();
    // Each link writes down how its session ended.
    await this.#within(left(), this.#running);
  }

  async #within(ms: Milliseconds, work: Promise<unknown>): Promise<void> {
    const done = new AbortController();
    const late = this.#host.clock.sleep(ms, done.signal).catch(() => undefined);
    await Promise.race([work, late]);
    done.abort();
  }

  /** Without its record of sessions nothing can be taken in: a store that is away is waited for. */
  async #loadBook(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#book.load();
        return;
      } catch (error) {
        this.#host.log.warn("sms.session.unread", { error: error instanceof Error ? error.name : "unknown" });
        await this.#host.clock.sleep(SECOND, signal).catch(() => undefined);
      }
    }
  }

  /** About once a second writes down which of our answers the SMSCs surely read. */
  async #noteConfirmed(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#host.clock.sleep(SECOND, signal).catch(() => undefined);
      for (const link of this.#links) link.noteConfirmed();
      await this.#book.flush();
    }
  }

  #changed(): void {
    this.#pool.pump();
    this.#report(stateOf(this.#links));
  }

  #report(state: AccountState): void {
    const now = JSON.stringify(state);
    if (now === this.#reported) return;
    this.#reported = now;
    this.#host.report(state);
  }
}
