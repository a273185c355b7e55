import type { AccountHost, LinkState } from "../../../src/adapter/index.ts";
import { type Milliseconds, type Reason, SECOND } from "../../../src/model/index.ts";
import type { LinkConfig } from "../config.ts";
import type { Intake, Source } from "../inbound/intake.ts";
import type { SessionBook } from "../inbound/sessions.ts";
import { statusName } from "../smpp/constants.ts";
import { Session, type SessionEnd } from "../smpp/session.ts";
import { backoff } from "./backoff.ts";
import { bindAs } from "./bind.ts";
import { connect, LinkFailure } from "./connect.ts";
import { Throttle } from "./throttle.ts";

/** With so many messages of one connection unanswered, no more are read from it. */
const MAX_UNANSWERED = 500;
/** A session that lasted so long was a good one: the next try comes soon. */
const GOOD_AFTER: Milliseconds = 5 * SECOND;

/** What a link needs of its account. */
interface LinkSurroundings {
  readonly host: AccountHost;
  readonly intake: Intake;
  readonly book: SessionBook;
  /** Called when the link came up or went down. */
  readonly changed: () => void;
}

/** One SMSC of an account: connects, binds, serves, and does it again when that ends. */
export class Link {
  readonly config: LinkConfig;
  readonly throttle: Throttle;
  readonly #around: LinkSurroundings;
  #session: Session | undefined;
  /** The durable name of the session, or of the next one. */
  #sessionName: string | undefined;
  #failure: LinkFailure | undefined;
  /** When it was bound, on the monotonic clock. */
  #upSince: Milliseconds | undefined;
  #isStopping = false;

  constructor(config: LinkConfig, around: LinkSurroundings) {
    this.config = config;
    this.#around = around;
    this.throttle = new Throttle(config.window, around.host.clock, around.host.random);
  }

  /** The session that can send now. */
  get sender(): Session | undefined {
    return this.config.bind !== "receiver" && this.#session?.bound === true ? this.#session : undefined;
  }

  get state(): LinkState {
    const connected = this.#session?.bound === true;
    const { name } = this.config;
    return connected || this.#failure === undefined
      ? { name, connected }
      : { name, connected, reason: this.#failure.reason };
  }

  /** What the operator should do about it, where only they can. */
  get remedy(): string | undefined {
    return this.#session?.bound === true ? undefined : this.#failure?.remedy;
  }

  /** Keeps the link up until the signal; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#around.host;
    let failures = 0;
    while (!signal.aborted && !this.#isStopping) {
      this.#upSince = undefined;
      const failure = await this.#serve(signal);
      if (signal.aborted || this.#isStopping) break;
      const wasGood = this.#upSince !== undefined && clock.monotonic() - this.#upSince >= GOOD_AFTER;
      failures = wasGood ? 1 : failures + 1;
      this.#down(failure, failures);
      await clock
        .sleep(backoff(failures, failure.remedy !== undefined, random), signal)
        .catch(() => undefined);
    }
  }

  /** Tells the book which answers the SMSC surely read. */
  noteConfirmed(): void {
    const session = this.#session;
    if (session === undefined || this.#sessionName === undefined) return;
    this.#around.book.confirm(this.#sessionName, session.answers.confirmed);
  }

  /** Ends in an orderly way, within `deadline` ms, for good. */
  async stop(deadline: Milliseconds): Promise<void> {
    this.#isStopping = true;
    await this.#session?.unbind(deadline);
  }

  /** One connection from its beginning to its end; says why it is over. */
  async #serve(signal: AbortSignal): Promise<LinkFailure> {
    try {
      const ended = await this.#connected(signal);
      return new LinkFailure(REASONS[ended], ended);
    } catch (error) {
      return error instanceof LinkFailure ? error : new LinkFailure("internal", errorName(error));
    }
  }

  async #connected(signal: AbortSignal): Promise<SessionEnd> {
    const { host, book } = this.#around;
    const responseTimeout = this.config.responseTimeoutSeconds * SECOND;
    const socket = await connect(this.config, host.clock, responseTimeout, signal);
    let name: string;
    try {
      // Durable before anything can come in under it; kept for the next try when this one is refused.
      name = this.#sessionName ?? (await book.open());
      this.#sessionName = name;
    } catch (error) {
      socket.on("error", () => undefined);
      socket.destroy();
      throw error;
    }
    const over = Promise.withResolvers<SessionEnd>();
    const session = new Session(
      socket,
      {
        clock: host.clock,
        responseTimeout,
        enquireEvery: this.config.enquireLinkSeconds * SECOND,
        maxUnanswered: MAX_UNANSWERED,
      },
      {
        deliver: (arrival) => this.#around.intake.offer(arrival, source),
        odd: (kind, status) =>
          host.log.debug("sms.pdu.odd", { link: this.config.name, kind, ...code(status) }),
        ended: (end) => over.resolve(end),
      },
    );
    const source: Source = {
      link: this.config,
      session: name,
      answer: (arrival, status) => session.answer(arrival, status),
    };
    this.#session = session;
    const abort = () => session.abort();
    signal.addEventListener("abort", abort);
    if (signal.aborted || this.#isStopping) abort();
    try {
      await this.#bind(session);
      return await over.promise;
    } finally {
      signal.removeEventListener("abort", abort);
      session.abort();
      await over.promise;
      this.#session = undefined;
      await this.#close(session, name);
    }
  }

  /** @throws LinkFailure when the SMSC doesn't want us. */
  async #bind(session: Session): Promise<void> {
    await bindAs(this.config, session);
    this.#failure = undefined;
    this.#upSince = this.#around.host.clock.monotonic();
    this.#around.host.log.info("sms.link.up", { link: this.config.name });
    this.#around.changed();
  }

  /** Writes down how the session ended. One in which nothing arrived keeps its name for the next try. */
  async #close(session: Session, name: string): Promise<void> {
    const { confirmed, settled } = session.answers;
    if (settled && confirmed === 0 && !this.#isStopping) return;
    this.#sessionName = undefined;
    try {
      await this.#around.book.close(name, confirmed, settled);
    } catch (error) {
      // The book knows, and writes it with its next flush; should we be killed before, it counts as killed with us.
      this.#around.host.log.warn("sms.session.unsaved", { link: this.config.name, error: errorName(error) });
    }
  }

  #down(failure: LinkFailure, attempt: number): void {
    this.#failure = failure;
    const { reason } = failure;
    const { host, changed } = this.#around;
    host.log.warn("sms.link.down", {
      link: this.config.name,
      reason,
      attempt,
      ...(failure.code === undefined ? {} : { code: failure.code }),
    });
    changed();
  }
}

const REASONS: Readonly<Record<SessionEnd, Reason>> = {
  unbound: "not-connected",
  aborted: "not-connected",
  closed: "network-error",
  "network-error": "network-error",
  timeout: "timeout",
  framing: "malformed",
};

function code(status: number | undefined): { code?: string } {
  return status === undefined || status === 0 ? {} : { code: statusName(status) };
}

function errorName(error: unknown): string {
  return error instanceof Error ? error.name : "unknown";
}
