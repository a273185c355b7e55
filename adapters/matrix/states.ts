import type { AccountHost, AccountState } from "../../src/adapter/index.ts";
import type { Reason } from "../../src/model/index.ts";

/** Something wrong with the homeserver's way to us, which brings typing and receipts only. */
export interface PushProblem {
  readonly reason: Reason;
  /** Set when it is the operator's to mend. */
  readonly remedy?: string;
}

/** Puts together what intake, listener and ping say, and reports each change once. */
export class States {
  readonly #host: Pick<AccountHost, "report">;
  #sync: AccountState = { kind: "connecting" };
  #listening: PushProblem | undefined;
  #reached: PushProblem | undefined;
  #reported = "";

  constructor(host: Pick<AccountHost, "report">) {
    this.#host = host;
  }

  /** Where `/sync` stands: without it nothing comes in. */
  sync(state: AccountState): void {
    if (state.kind === "connected" && this.#sync.kind === "connected") return; // after each poll
    this.#sync = state;
    this.#report();
  }

  /** Whether `/sync` works now. */
  get connected(): boolean {
    return this.#sync.kind === "connected";
  }

  /** Whether we listen for the homeserver; undefined: we do. */
  listening(problem: PushProblem | undefined): void {
    this.#listening = problem;
    this.#report();
  }

  /** Whether the homeserver reaches us; undefined: it does, or can't be asked. */
  reached(problem: PushProblem | undefined): void {
    this.#reached = problem;
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
  }

  #whole(): AccountState {
    // While we don't listen, what answers the ping is another program.
    const problem = this.#listening ?? this.#reached;
    if (this.#sync.kind !== "connected" || problem === undefined) return this.#sync;
    const { reason, remedy } = problem;
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

/** What the operator does about a port that we can't have. */
export const PORT_TAKEN =
  "the port of appservice.port can't be listened on: end the program that has it, or choose another port and write the registration again (docs/next-to-synapse.md)";
