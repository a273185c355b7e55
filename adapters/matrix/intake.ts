import { type AccountHost, type InboundEvent, IntakeRefused } from "../../src/adapter/index.ts";
import { DAY, type Milliseconds, SECOND, sensitive, type Timestamp } from "../../src/model/index.ts";
import { Backoff } from "./backoff.ts";
import type { MatrixConfig } from "./config.ts";
import { fillGap } from "./gap.ts";
import type { MatrixAnswer, MatrixHttp } from "./http.ts";
import { Invites } from "./invites.ts";
import { isRecord, recordAt, textAt } from "./json.ts";
import { DEVICE, type Names } from "./names.ts";
import { PATHS } from "./paths.ts";
import { isOk, prepareBot, stateOfFailure } from "./session.ts";
import type { States } from "./states.ts";
import { ENCRYPTION, type RoomNews, type SyncBatch, syncBatchOf } from "./sync-response.ts";
import { translate } from "./translate.ts";

/** What intake needs. */
interface IntakeDeps {
  readonly config: MatrixConfig;
  readonly names: Names;
  readonly http: MatrixHttp;
  readonly host: AccountHost;
  readonly states: States;
  /** Called each time the connection is there (again). */
  readonly onConnected: () => void;
}

/** How many events one call of `acceptAll` gets. */
const CHUNK = 256;
/** How many events of a room one poll may bring; more come by `/messages`. */
const TIMELINE_LIMIT = 100;
/** A position that stands for nothing new is saved only now and then: each save is a durable write. */
const IDLE_SAVE: Milliseconds = SECOND;
/** The house recognises for 7 days what it has had (RECORDS: commit); a day is left for what waits there. */
const RECOGNISED: Milliseconds = 6 * DAY;
/** What a poll may take on top of the time that the homeserver is asked to hold it. */
const POLL_MARGIN: Milliseconds = 60 * SECOND;

/** How one round ended. */
type Round =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly answer: MatrixAnswer }
  | { readonly kind: "again" };

/**
 * The one way in: `/sync` on the bot's device, which is in every room of ours. A batch is accepted durably, then its token is
 * saved; after any break it goes on from the saved one, so that an event comes twice at worst, under the same id.
 */
export class Intake {
  readonly #deps: IntakeDeps;
  readonly #backoff: Backoff;
  readonly #invites: Invites;
  #since: string | undefined;
  #savedAt = Number.NEGATIVE_INFINITY;
  #isPrepared = false;
  /** What comes now happened while we were away. */
  #isBehind = true;
  #timelineLimit = TIMELINE_LIMIT;

  constructor(deps: IntakeDeps) {
    this.#deps = deps;
    this.#backoff = new Backoff(deps.host.clock, deps.host.random);
    this.#invites = new Invites(deps);
  }

  /** Reads until the signal is aborted; a batch that is being accepted then is finished first. Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const round = await this.#round(signal);
        if (signal.aborted) return;
        if (round.kind === "done") this.#backoff.reset();
        if (round.kind === "failed") await this.#afterFailure(round.answer, signal);
      } catch (error) {
        await this.#afterRefusal(error, signal);
      }
    }
  }

  async #round(signal: AbortSignal): Promise<Round> {
    const { cursor } = this.#deps.host;
    this.#since ??= (await cursor.load())?.expose();
    if (!this.#isPrepared) {
      const failed = await prepareBot(this.#deps, signal);
      if (failed !== undefined) return { kind: "failed", answer: failed };
      await this.#invites.resume(signal);
      this.#isPrepared = true;
    }
    const since = this.#since;
    const answer = await this.#poll(since, signal);
    if (answer.kind === "failed" && answer.why === "too-large") return this.#afterTooLarge(answer);
    const batch =
      answer.kind === "answer" && isOk(answer) ? syncBatchOf(answer.json, this.#deps.names.bot) : undefined;
    if (batch === undefined) return { kind: "failed", answer };
    await this.#invites.take(batch.invites, signal);
    const failed = since === undefined ? undefined : await this.#takeIn(batch, since, signal);
    if (failed !== undefined) return { kind: "failed", answer: failed };
    await this.#moveOn(batch.next, since === undefined);
    this.#connected();
    return { kind: "done" };
  }

  #poll(since: string | undefined, signal: AbortSignal): Promise<MatrixAnswer> {
    const hold = this.#isBehind || since === undefined ? 0 : this.#deps.config.pollMs;
    return this.#deps.http.request({
      method: "GET",
      path: PATHS.sync,
      query: {
        filter: since === undefined ? filterOf(0, []) : filterOf(this.#timelineLimit, [ENCRYPTION]),
        since,
        timeout: String(hold),
        set_presence: "offline",
        user_id: this.#deps.names.bot,
        device_id: DEVICE,
      },
      timeoutMs: hold + POLL_MARGIN,
      signal,
    });
  }

  /** Accepts a batch; gives back the answer that failed when a gap couldn't be filled. */
  async #takeIn(batch: SyncBatch, since: string, signal: AbortSignal): Promise<MatrixAnswer | undefined> {
    const events: InboundEvent[] = [];
    for (const news of batch.rooms) {
      if (news.gap !== undefined) {
        const { room, gap } = news;
        const filled = await fillGap(
          this.#deps.http,
          this.#deps.names,
          { room, from: gap.from, to: since },
          signal,
        );
        if ("failed" in filled && !isGone(filled.failed)) return filled.failed;
        if ("failed" in filled) this.#deps.host.log.warn("matrix.gap.unreadable", { reason: "forbidden" });
        else this.#translateAll({ room, events: filled.events }, "caughtUp", events);
      }
      this.#translateAll(news, this.#isBehind ? "caughtUp" : "live", events);
    }
    for (let at = 0; at < events.length; at += CHUNK) {
      await this.#deps.host.acceptAll(events.slice(at, at + CHUNK));
      this.#savedAt = Number.NEGATIVE_INFINITY; // a position after events is saved at once
    }
    return undefined;
  }

  #translateAll(news: RoomNews, timing: InboundEvent["timing"], into: InboundEvent[]): void {
    const { host, names } = this.#deps;
    const now = host.clock.now();
    const came = entryOf(news, names.bot);
    const entry = textAt(news.events[came], "event_id");
    const context = { room: news.room, timing, now, entry, isOurs: names.isOurs };
    let unreadable = 0;
    for (const [at, raw] of news.events.entries()) {
      // Who comes into a room is shown what was said before, and the bot may have been there then.
      if (at < came && isLongAgo(raw, now)) continue;
      const translation = translate(raw, context);
      if (translation.kind === "event") into.push(translation.event);
      else if (translation.why === "unreadable") unreadable += 1;
    }
    if (unreadable > 0) host.log.warn("matrix.event.unreadable", { count: unreadable });
  }

  async #moveOn(next: string, isFirst: boolean): Promise<void> {
    const { cursor, clock } = this.#deps.host;
    const now = clock.monotonic();
    if (isFirst || now - this.#savedAt >= IDLE_SAVE) {
      await cursor.save(sensitive(next));
      this.#savedAt = now;
    }
    this.#since = next;
  }

  #connected(): void {
    this.#deps.states.sync({ kind: "connected" });
    if (!this.#isBehind) return;
    this.#isBehind = false;
    this.#deps.onConnected();
  }

  /** Fewer events of each room at a time; the rest come by `/messages`, in pages. */
  #afterTooLarge(answer: MatrixAnswer): Round {
    if (this.#timelineLimit <= 1) return { kind: "failed", answer };
    this.#timelineLimit = Math.ceil(this.#timelineLimit / 4);
    return { kind: "again" };
  }

  async #afterFailure(answer: MatrixAnswer, signal: AbortSignal): Promise<void> {
    this.#isBehind = true;
    const state = stateOfFailure(answer);
    const isOurDevice = answer.kind === "answer" && answer.errcode === "M_UNKNOWN_DEVICE";
    if (state.kind === "misconfigured" || isOurDevice) this.#isPrepared = false;
    this.#deps.states.sync(state);
    const { log } = this.#deps.host;
    const code = answer.kind === "answer" ? String(answer.status) : answer.why;
    if (this.#backoff.tries === 0) log.warn("matrix.sync.failed", { code, kind: answer.kind });
    await this.#backoff.pause(signal, answer.kind === "answer" ? answer.retryAfterMs : 0);
  }

  /** The house takes nothing now: the token stays where it is, and the same batch comes again. */
  async #afterRefusal(error: unknown, signal: AbortSignal): Promise<void> {
    const reason = error instanceof IntakeRefused ? error.why : "failed";
    const name = error instanceof Error ? error.name : "unknown";
    if (this.#backoff.tries === 0) this.#deps.host.log.warn("matrix.intake.refused", { reason, error: name });
    await this.#backoff.pause(signal);
  }
}

/** The bot is no longer in the room, so that nobody can give us its past. */
function isGone(answer: MatrixAnswer): boolean {
  return answer.kind === "answer" && (answer.errcode === "M_FORBIDDEN" || answer.errcode === "M_NOT_FOUND");
}

/** Where among these events the bot came into the room; -1 where it was there before. */
function entryOf({ events }: RoomNews, bot: string): number {
  return events.findLastIndex(
    (event) =>
      isRecord(event) &&
      event.type === "m.room.member" &&
      event.state_key === bot &&
      recordAt(event, "content").membership === "join",
  );
}

/** Said so long ago that the house wouldn't recognise it. */
function isLongAgo(event: unknown, now: Timestamp): boolean {
  if (!isRecord(event) || "state_key" in event) return false;
  return typeof event.origin_server_ts === "number" && event.origin_server_ts < now - RECOGNISED;
}

/** Timelines only: typing and receipts come by transactions, and of state only that we couldn't read what is written. */
function filterOf(timelineLimit: number, state: readonly string[]): string {
  const none = { types: [] };
  return JSON.stringify({
    presence: none,
    account_data: none,
    room: {
      ...{ account_data: none, ephemeral: none },
      ...{ state: { types: state }, timeline: { limit: timelineLimit } },
    },
  });
}
