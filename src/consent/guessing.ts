import type { LimitSetting } from "../model/limits.ts";
import type { Milliseconds } from "../model/time.ts";

/** What stops guessing: so many wrong codes for each account, and so many over all. */
interface GuessLimits {
  /** Of one account, for all kinds of codes. */
  readonly account: LimitSetting;
  /** Over all accounts. */
  readonly everybody: LimitSetting;
  /** So many of each account's codes are looked up although `everybody` has no room, so that nobody can shut the others out. */
  readonly reserve?: LimitSetting;
}

/** How many wrong codes an attacker can try. */
interface Guesses {
  /** With one account, however they go about it. */
  readonly oneAccount: number;
  /** With all, if nothing limited them together. */
  readonly allAccounts: number;
  /** With all, under the limit over all and the reserves. */
  readonly limited: number;
  /** So many accounts use the limit over all up for the whole time. */
  readonly accountsToShut: number;
}

/** How many codes can be tried with so many accounts in a span of time. */
export function guesses(limits: GuessLimits, accounts: number, span: Milliseconds): Guesses {
  const oneAccount = codesOfAccount(limits.account, span);
  const allAccounts = accounts * oneAccount;
  const together = steadily(limits.everybody, span);
  const reserved = limits.reserve === undefined ? 0 : accounts * steadily(limits.reserve, span);
  return {
    oneAccount,
    allAccounts,
    limited: Math.min(allAccounts, together + reserved),
    accountsToShut: Math.ceil(together / oneAccount),
  };
}

/** The probability that one of `tried` random codes of `codes` hits one of those `live`. */
export function hitProbability(tried: number, live: number, codes: number): number {
  return -Math.expm1(tried * Math.log1p(-live / codes)); // 1 - (1 - live/codes)^tried, exact for tiny shares too
}

/** A bucket that is full at first and refills steadily. */
function steadily({ budget, per }: LimitSetting, span: Milliseconds): number {
  return budget + Math.floor((budget * span) / per);
}

/**
 * The most that one account can try. Each time its budget is used up it can run into the next pause, after which the whole
 * budget is there, or try what comes back until the pauses are forgotten, and begin with the shortest again: the best of all
 * sequences of the two.
 */
function codesOfAccount({ budget, per, pause }: LimitSetting, span: Milliseconds): number {
  if (pause === undefined) return steadily({ budget, per }, span);
  const { first, longest } = pause;
  const known = new Map<string, number>();
  /** From a moment on at which nothing is left, after so many pauses. */
  const from = (at: Milliseconds, pauses: number): number => {
    const key = `${at}:${pauses}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const back = (time: Milliseconds): number => Math.floor((budget * time) / per);
    const resumed = at + Math.min(first * 2 ** pauses, longest);
    const forgotten = at + longest;
    const paused = resumed <= span ? budget + from(resumed, pauses + 1) : 0;
    const waited = forgotten <= span ? back(longest) + from(forgotten, 0) : back(span - at);
    const best = Math.max(paused, waited);
    known.set(key, best);
    return best;
  };
  return budget + from(0, 0);
}
