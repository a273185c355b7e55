import type { AccountHost, AccountState } from "../../src/adapter/index.ts";
import type { Reason } from "../../src/model/index.ts";

/** Something wrong with the homeserver's way to us, which brings typing and receipts only. */
export interface PushProblem {
  readonly reason: Reason;
  /** Set when it is the operator's to mend. */
  readonly remedy?: string;
}

/** Puts together what intake and listener say, and reports each change once. */
export class States {
  readonly #host: Pick<AccountHost, "report" | "log">;
  #sync: AccountState = { kind: "connecting" };
  #push: PushProblem | undefined;
  #reported = "";

  constructor(host: Pick<AccountHost, "report" | "log">) {
    this.#host = host;
  }

  /** Where `/sync` stands: without it nothing comes in. */
  sync(state: AccountState): void {
    if (state.kind === "connected" && this.#sync.kind === "connected") return; // after each poll
    this.#sync = state;
    this.#report();
  }

  /** Where the homeserver's way to us stands; undefined: it works. */
  push(problem: PushProblem | undefined): void {
    this.#push = problem;
    this.#report();
  }

  /** The homeserver doesn't know our token: found by any request. */
  unauthorised(): void {
    this.sync({ kind: "misconfigured", reason: "unauthorised", remedy: UNKNOWN_TOKEN });
  }

  #report(): void {
    const state = this.#whole();
    const key = JSON.stringify(state);
    if (key === this.#reported) return;
    this.#reported = key;
    this.#host.report(state);
    const reason = "reason" in state ? state.reason : undefined;
    this.#host.log.info("matrix.state", { state: state.kind, reason });
  }

  #whole(): AccountState {
    if (this.#sync.kind !== "connected" || this.#push === undefined) return this.#sync;
    const { reason, remedy } = this.#push;
    const links = [
      { name: "sync", connected: true },
      { name: "transactions", connected: false, reason },
    ];
    // Texts go both ways all the same, so that nothing has to wait for the operator.
    return { kind: "degraded", reason, links, ...(remedy === undefined ? {} : { remedy }) };
  }
}

/** What the operator does about a token that the homeserver doesn't know. */
export const UNKNOWN_TOKEN =
  "the homeserver doesn't know the appservice's token: make asToken the as_token of the registration file that it has loaded, and restart it";
