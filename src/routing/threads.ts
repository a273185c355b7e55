import type { DeskRecord, EndedThread, Thread } from "../model/conversation.ts";
import type { ConversationId } from "../model/ids.ts";
import { DAY, MINUTE, type Milliseconds, type Timestamp } from "../model/time.ts";

/** For how long a chosen conversation keeps the focus. */
const FOCUS_TIME: Milliseconds = 10 * MINUTE;
/** A text that names nobody may be for a conversation that was open here so lately. */
export const STILL_MEANT: Milliseconds = DAY;
/** So many traces of them are kept. */
const MOST_ENDED = 5;

/** For whom a text is that names nobody. */
type Meant =
  | { readonly kind: "thread"; readonly thread: Thread }
  /** Several are possible: the writer is asked. Never a guess. */
  | { readonly kind: "whom"; readonly threads: readonly Thread[] }
  | { readonly kind: "nobody" };

/** Says for which of the conversations of a shared chat a text is: the one in focus, or the only one. */
export function meantBy(desk: DeskRecord, now: Timestamp): Meant {
  const { focus, threads } = desk;
  const focused = threads.find(({ conversation }) => conversation === focus?.conversation);
  if (focused !== undefined && focus !== undefined && focus.until > now)
    return { kind: "thread", thread: focused };
  const [only, ...others] = threads;
  if (only === undefined) return { kind: "nobody" };
  // A reply to a conversation that just closed must not go to the other one.
  const isSure = others.length === 0 && endedLately(desk, now).length === 0 && !textsWait(desk, now);
  return isSure ? { kind: "thread", thread: only } : { kind: "whom", threads };
}

/** The conversations that are over, and that somebody may still mean. */
function endedLately({ ended = [] }: DeskRecord, now: Timestamp): readonly EndedThread[] {
  return ended.filter(({ at }) => now - at < STILL_MEANT);
}

/** Texts wait for their writer's answer: what is written after them stays behind them. */
function textsWait({ held = {} }: DeskRecord, now: Timestamp): boolean {
  return Object.values(held).some(({ until }) => until > now);
}

/** The desk after its person wrote to a conversation. */
export function afterWriting(desk: DeskRecord, conversation: ConversationId, now: Timestamp): DeskRecord {
  const next = touched(desk, conversation, now);
  // One ended after that was written, and ended the focus.
  if (desk.ended?.some(({ at }) => at > now)) return next;
  return { ...next, focus: { conversation, until: now + FOCUS_TIME } };
}

/** The desk after a conversation spoke in its chat: the focus of another one ends. */
export function afterHearing(desk: DeskRecord, conversation: ConversationId, now: Timestamp): DeskRecord {
  const next = touched(desk, conversation, now);
  if (desk.focus === undefined || desk.focus.conversation === conversation) return next;
  const { focus: _ended, ...rest } = next;
  return rest;
}

/** The desk with a conversation that is led in its chat from now on. */
export function withThread(desk: DeskRecord, thread: Thread): DeskRecord {
  const others = desk.threads.filter(({ conversation }) => conversation !== thread.conversation);
  const next = { ...desk, threads: [...others, thread] };
  return desk.ended === undefined ? next : withEnded(next, without(desk.ended, thread.conversation));
}

/** The desk after a conversation of its chat is over: whoever writes next is asked whom they mean, for a day. */
export function afterEnding(desk: DeskRecord, conversation: ConversationId, now: Timestamp): DeskRecord {
  if (desk.threads.every((thread) => thread.conversation !== conversation)) return desk;
  const { focus: _ended, ...rest } = withoutThread(desk, conversation);
  const others = without(endedLately(desk, now), conversation);
  return withEnded(rest, [...others, { conversation, at: now }].slice(-MOST_ENDED));
}

/** The desk without a conversation that isn't led in its chat any more, or never was. */
export function withoutThread(desk: DeskRecord, conversation: ConversationId): DeskRecord {
  const threads = desk.threads.filter((thread) => thread.conversation !== conversation);
  if (desk.focus?.conversation !== conversation) return { ...desk, threads };
  const { focus: _ended, ...rest } = desk;
  return { ...rest, threads };
}

/** The desk without traces of what nobody can mean any more. */
export function withoutOldEndings(desk: DeskRecord, now: Timestamp): DeskRecord {
  return withEnded(desk, endedLately(desk, now));
}

function withEnded(desk: DeskRecord, ended: readonly EndedThread[]): DeskRecord {
  const { ended: _before, ...rest } = desk;
  return ended.length === 0 ? rest : { ...rest, ended };
}

function without(ended: readonly EndedThread[], conversation: ConversationId): readonly EndedThread[] {
  return ended.filter((each) => each.conversation !== conversation);
}

function touched(desk: DeskRecord, conversation: ConversationId, now: Timestamp): DeskRecord {
  const threads = desk.threads.map((thread) =>
    thread.conversation === conversation ? { ...thread, at: now } : thread,
  );
  return { ...desk, threads };
}
