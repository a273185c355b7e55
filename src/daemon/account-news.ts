import type { AccountState } from "../adapter/account.ts";
import type { AccountTrouble } from "../model/texts.ts";
import { MINUTE, type Milliseconds } from "../model/time.ts";

/** What mends itself is told only when it lasts. */
export const LASTS: Milliseconds = MINUTE;
/** The same isn't told again before. What is so then is told then, so that the last that is read is true. */
export const SAID_ONCE_IN: Milliseconds = 10 * MINUTE;
/** What an operator believes of an account of which they were told nothing. */
export const WORKS = "works";

/** What is known of an account, and what its operator believes of it. Times are of the monotonic clock. */
export interface AccountNews {
  /** What they believe, by the key of what they were last told. */
  readonly told: string;
  /** How it is; undefined before anything was heard. */
  readonly now: AccountTrouble | typeof WORKS | undefined;
  /** Since when it is otherwise than they believe; undefined while it is as they do. */
  readonly since: Milliseconds | undefined;
  /** When what was last told, by its key. */
  readonly said: Readonly<Record<string, Milliseconds>>;
}

/** Something to tell; `key` stands for it. */
export interface AccountSaying {
  readonly key: string;
  readonly what: AccountTrouble | typeof WORKS;
}

/** What follows at a time. */
interface NewsStep {
  readonly news: AccountNews;
  /** To be told now. */
  readonly say?: AccountSaying;
  /** When to look again, if nothing is heard before. */
  readonly again?: Milliseconds;
}

/** The news of an account of which nothing was heard yet. `told`: what its operator was told before this process. */
export function noNews(told: string = WORKS): AccountNews {
  return { told, now: undefined, since: undefined, said: {} };
}

/**
 * An account says where it stands. That it connects, or was stopped, changes nothing of what its operator has to know: it works
 * when it is connected.
 */
export function heard(news: AccountNews, state: AccountState, at: Milliseconds): NewsStep {
  if (state.kind === "connecting" || state.kind === "stopped") return looked(news, at);
  const now = state.kind === "connected" ? WORKS : state;
  const since = keyOf(now) === news.told ? undefined : (news.since ?? at);
  return looked({ ...news, now, since }, at);
}

/** Time has gone by. */
export function looked(news: AccountNews, at: Milliseconds): NewsStep {
  const { now, since, said } = news;
  if (now === undefined || since === undefined) return { news };
  const key = keyOf(now);
  const before = said[key];
  const due = Math.max(since + patience(now), before === undefined ? since : before + SAID_ONCE_IN);
  if (due > at) return { news, again: due };
  return {
    news: { told: key, now, since: undefined, said: { ...said, [key]: at } },
    say: { key, what: now },
  };
}

/** How long it has to be so before it is told. */
function patience(now: AccountTrouble | typeof WORKS): Milliseconds {
  return now !== WORKS && (now.kind === "disconnected" || now.kind === "degraded") ? LASTS : 0;
}

/** What is told twice has the same: another remedy is other news, another reason isn't. */
function keyOf(now: AccountTrouble | typeof WORKS): string {
  if (now === WORKS) return WORKS;
  return "remedy" in now && now.remedy !== undefined ? `${now.kind}: ${now.remedy}` : now.kind;
}
