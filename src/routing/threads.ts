import type { DeskRecord, Thread } from "../model/conversation.ts";
import type { ConversationId } from "../model/ids.ts";
import { DAY, MINUTE, type Milliseconds, type Timestamp } from "../model/time.ts";

/** For how long a chosen conversation keeps the focus. */
const FOCUS_TIME: Milliseconds = 10 * MINUTE;
/** A text that names nobody may be for a conversation that was open here within this time. */
const STILL_MEANT: Milliseconds = DAY;

/** For whom a text is that names nobody. */
type Meant =
  | { readonly kind: "thread"; readonly thread: Thread }
  /** Several are possible: the writer is asked. Never a guess. */
  | { readonly kind: "whom"; readonly threads: readonly Thread[] }
  | { readonly kind: "nobody" };

/** Says for which of the conversations of a shared chat a text is: the one in focus, or the only one. */
export function meantBy({ threads, focus }: DeskRecord, now: Timestamp): Meant {
  const focused = threads.find(({ conversation }) => conversation === focus?.conversation);
  if (focused !== undefined && focus !== undefined && focus.until > now)
    return { kind: "thread", thread: focused };
  const [only, ...others] = threads;
  if (only === undefined) return { kind: "nobody" };
  // One that was silent for long may not be meant: a reply to a conversation that just closed must not go to the other one.
  if (others.length === 0 && now - only.at < STILL_MEANT) return { kind: "thread", thread: only };
  return { kind: "whom", threads };
}

/** The desk after its person wrote to a conversation. */
export function afterWriting(desk: DeskRecord, conversation: ConversationId, now: Timestamp): DeskRecord {
  return { ...touched(desk, conversation, now), focus: { conversation, until: now + FOCUS_TIME } };
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
  return { ...desk, threads: [...others, thread] };
}

/** The desk without a conversation that is over. */
export function withoutThread(desk: DeskRecord, conversation: ConversationId): DeskRecord {
  const threads = desk.threads.filter((thread) => thread.conversation !== conversation);
  if (desk.focus?.conversation !== conversation) return { ...desk, threads };
  const { focus: _ended, ...rest } = desk;
  return { ...rest, threads };
}

function touched(desk: DeskRecord, conversation: ConversationId, now: Timestamp): DeskRecord {
  const threads = desk.threads.map((thread) =>
    thread.conversation === conversation ? { ...thread, at: now } : thread,
  );
  return { ...desk, threads };
}
