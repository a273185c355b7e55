import type { AccountHost } from "../../src/adapter/index.ts";
import { sensitive } from "../../src/model/index.ts";
import { Backoff } from "./backoff.ts";
import type { MatrixHttp } from "./http.ts";
import { isRecord, listAt, textAt } from "./json.ts";
import type { Names } from "./names.ts";
import { outcomeOfFailure } from "./outcome.ts";
import { PATHS } from "./paths.ts";
import { isOk } from "./session.ts";
import type { Invite } from "./sync-response.ts";

/** What answering invites needs. */
interface InvitesDeps {
  readonly names: Names;
  readonly http: MatrixHttp;
  readonly host: Pick<AccountHost, "log" | "clock" | "random" | "storage">;
}

/** How often an answer is tried: another homeserver may be away. */
const TRIES = 6;
/** How many are answered at a time, so that a flood of invites leaves room for everything else. */
const AT_A_TIME = 2;
/** Where those that aren't answered are stored: `/sync` brings an invite once. */
const STORED = "invites";

/**
 * Answers invites of the bot beside the reading, since joining a room of another homeserver can take a minute: direct chats
 * are joined, so that people can find the bridge, all others rejected.
 */
export class Invites {
  readonly #deps: InvitesDeps;
  /** By room, those included that are being answered. */
  readonly #open = new Map<string, Invite>();
  readonly #underWay = new Set<string>();

  constructor(deps: InvitesDeps) {
    this.#deps = deps;
  }

  /** Goes on with what a process before us didn't come to. @throws when the store is away */
  async resume(signal: AbortSignal): Promise<void> {
    const stored = await this.#deps.host.storage.get(STORED);
    for (const invite of invitesOf(stored?.expose())) this.#open.set(invite.room, invite);
    this.#work(signal);
  }

  /** Takes invites over, durably, and doesn't wait until they are answered. @throws when the store is away */
  async take(invites: readonly Invite[], signal: AbortSignal): Promise<void> {
    if (invites.length === 0) return;
    for (const invite of invites) this.#open.set(invite.room, invite);
    const all = { invites: [...this.#open.values()] };
    await this.#deps.host.storage.set(STORED, sensitive(JSON.stringify(all)));
    this.#work(signal);
  }

  #work(signal: AbortSignal): void {
    while (this.#underWay.size < AT_A_TIME && !signal.aborted) {
      const next = [...this.#open.values()].find(({ room }) => !this.#underWay.has(room));
      if (next === undefined) return;
      this.#underWay.add(next.room);
      void this.#answer(next, signal).then((isAnswered) => {
        this.#underWay.delete(next.room);
        // Another one may have come for the same room meanwhile.
        if (isAnswered && this.#open.get(next.room) === next) this.#open.delete(next.room);
        if (this.#open.size === 0) this.#forget();
        this.#work(signal);
      });
    }
  }

  /** Each is answered; should the store be away, they are once more after the next start, which does no harm. */
  #forget(): void {
    this.#deps.host.storage.delete(STORED).catch(() => undefined);
  }

  /** Answers one; false when it had to stop before. */
  async #answer(invite: Invite, signal: AbortSignal): Promise<boolean> {
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
      if (isOk(answer)) return true;
      const isFinal = outcomeOfFailure(answer).kind === "refused";
      if (isFinal) break;
      await backoff.pause(signal, answer.kind === "answer" ? answer.retryAfterMs : 0);
    }
    if (signal.aborted) return false;
    host.log.warn("matrix.invite.failed", { kind: invite.isDirect ? "direct" : "room" });
    return true;
  }
}

/** What `take` stored. */
function invitesOf(text: string | undefined): readonly Invite[] {
  const stored: unknown = text === undefined ? undefined : JSON.parse(text);
  return listAt(stored, "invites").flatMap((invite) => {
    const room = textAt(invite, "room");
    return room === undefined ? [] : { room, isDirect: isRecord(invite) && invite.isDirect === true };
  });
}
