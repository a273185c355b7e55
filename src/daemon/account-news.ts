import type { AccountState } from "../adapter/account.ts";
import type { AccountTrouble } from "../model/texts.ts";
import { MINUTE, type Milliseconds } from "../model/time.ts";
import { hear, looked, type News, type NewsStep, type Trouble, WORKS } from "./news.ts";

/** What mends itself is told only when it lasts. */
export const LASTS: Milliseconds = MINUTE;

/**
 * An account says where it stands. That it connects, or was stopped, changes nothing of what its operator has to know: it works
 * when it is connected.
 */
export function heard(
  news: News<AccountTrouble>,
  state: AccountState,
  at: Milliseconds,
): NewsStep<AccountTrouble> {
  const now = accountTrouble(state);
  return now === undefined ? looked(news, at) : hear(news, now, at);
}

/** What its operator has to know of a state; undefined: nothing. */
function accountTrouble(state: AccountState): Trouble<AccountTrouble> | typeof WORKS | undefined {
  if (state.kind === "connecting" || state.kind === "stopped") return undefined;
  if (state.kind === "connected") return WORKS;
  const mendsItself = state.kind === "disconnected" || state.kind === "degraded";
  const key = keyOf(state);
  return { key, kind: key, lasts: mendsItself ? LASTS : 0, what: state };
}

/** What is told twice has the same: another remedy is other news, another reason isn't. */
function keyOf(now: AccountTrouble): string {
  return "remedy" in now && now.remedy !== undefined ? `${now.kind}: ${now.remedy}` : now.kind;
}
