import type { AccountHost } from "../../src/adapter/index.ts";
import { Backoff } from "./backoff.ts";
import type { MatrixHttp } from "./http.ts";
import type { Names } from "./names.ts";
import { outcomeOfFailure } from "./outcome.ts";
import { PATHS } from "./paths.ts";
import { isOk } from "./session.ts";
import type { Invite } from "./sync-response.ts";

/** What answering invites needs. */
interface InvitesDeps {
  readonly names: Names;
  readonly http: MatrixHttp;
  readonly host: Pick<AccountHost, "log" | "clock" | "random">;
}

/** How often an answer is tried: another homeserver may be away. */
const TRIES = 6;
/** How many are answered at a time, so that a flood of invites leaves room for everything else. */
const AT_A_TIME = 2;

/**
 * Answers invites of the bot beside the reading, since joining a room of another homeserver can take a minute: direct chats
 * are joined, so that people can find the bridge, all others rejected.
 */
export class Invites {
  readonly #deps: InvitesDeps;
  readonly #waiting = new Map<string, Invite>();
  #workers = 0;

  constructor(deps: InvitesDeps) {
    this.#deps = deps;
  }

  /** Takes invites over and returns at once; an invite that is being answered isn't answered twice. */
  take(invites: readonly Invite[], signal: AbortSignal): void {
    for (const invite of invites) this.#waiting.set(invite.room, invite);
    while (this.#workers < AT_A_TIME && this.#workers < this.#waiting.size) {
      this.#workers += 1;
      void this.#work(signal).finally(() => {
        this.#workers -= 1;
      });
    }
  }

  async #work(signal: AbortSignal): Promise<void> {
    for (;;) {
      const [next] = this.#waiting.values();
      if (next === undefined || signal.aborted) return;
      this.#waiting.delete(next.room);
      await this.#answer(next, signal);
    }
  }

  async #answer(invite: Invite, signal: AbortSignal): Promise<void> {
    const { http, names, host } = this.#deps;
    const backoff = new Backoff(host.clock, host.random);
    const path = invite.isDirect ? PATHS.join(invite.room) : PATHS.leave(invite.room);
    while (backoff.tries < TRIES && !signal.aborted) {
      const answer = await http.request({
        method: "POST",
        path,
        query: { user_id: names.bot },
        body: {},
        signal,
      });
      if (isOk(answer)) return;
      const isFinal = outcomeOfFailure(answer).kind === "refused";
      if (isFinal) break;
      await backoff.pause(signal, answer.kind === "answer" ? answer.retryAfterMs : 0);
    }
    if (!signal.aborted) host.log.warn("matrix.invite.failed", { kind: invite.isDirect ? "direct" : "room" });
  }
}
