import { MINUTE, type Milliseconds } from "../model/time.ts";

/** The same isn't told again before. What is so then is told then, so that the last that is read is true. */
export const SAID_ONCE_IN: Milliseconds = 10 * MINUTE;
/** What an operator believes of a thing of which they were told nothing. */
export const WORKS = "works";

/** Something that is wrong. */
export interface Trouble<T> {
  /** What is told once has the same. */
  readonly key: string;
  /** What isn't told twice within ten minutes has the same. */
  readonly kind: string;
  /** How long it has to be so before it is told. */
  readonly lasts: Milliseconds;
  readonly what: T;
}

/** What is known of a thing, and what its operator believes of it. Times are of the monotonic clock. */
export interface News<T> {
  /** What they believe, by the key of what they were last told. */
  readonly told: string;
  /** How it is; undefined before anything was heard. */
  readonly now: Trouble<T> | typeof WORKS | undefined;
  /** Since when it is otherwise than they believe; undefined while it is as they do. */
  readonly since: Milliseconds | undefined;
  /** When what was last told, by its kind. */
  readonly said: Readonly<Record<string, Milliseconds>>;
}

/** Something to tell; `key` stands for it. */
export interface Saying<T> {
  readonly key: string;
  readonly what: T | typeof WORKS;
}

/** What follows at a time. */
export interface NewsStep<T> {
  readonly news: News<T>;
  /** To be told now. */
  readonly say?: Saying<T>;
  /** When to look again, if nothing is heard before. */
  readonly again?: Milliseconds;
}

/** The news of a thing of which nothing was heard yet. `told`: what its operator was told before this process. */
export function noNews<T>(told: string = WORKS): News<T> {
  return { told, now: undefined, since: undefined, said: {} };
}

/** It is heard how a thing is. */
export function hear<T>(news: News<T>, now: Trouble<T> | typeof WORKS, at: Milliseconds): NewsStep<T> {
  const since = keyOf(now) === news.told ? undefined : (news.since ?? at);
  return looked({ ...news, now, since }, at);
}

/** Time has gone by. */
export function looked<T>(news: News<T>, at: Milliseconds): NewsStep<T> {
  const { now, since, said } = news;
  if (now === undefined || since === undefined) return { news };
  const { key, kind, lasts, what } = now === WORKS ? WORKING : now;
  const before = said[kind];
  const due = Math.max(since + lasts, before === undefined ? since : before + SAID_ONCE_IN);
  if (due > at) return { news, again: due };
  return { news: { told: key, now, since: undefined, said: { ...said, [kind]: at } }, say: { key, what } };
}

const WORKING = { key: WORKS, kind: WORKS, lasts: 0, what: WORKS } as const;

function keyOf(now: Trouble<unknown> | typeof WORKS): string {
  return now === WORKS ? WORKS : now.key;
}
