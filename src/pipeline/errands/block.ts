import type { Command } from "../../model/command.ts";
import {
  type ContactRecord,
  type ConversationRecord,
  type DeskRecord,
  isWaiting,
} from "../../model/conversation.ts";
import type { CanonicalId, ConversationId, PersonId, SeatId } from "../../model/ids.ts";
import { skeleton } from "../../privacy/confusable.ts";
import { withThread } from "../../routing/threads.ts";
import type { BlockKind } from "../../store/blocks.ts";
import type { PersonHandle } from "../../store/people.ts";
import { isBehindGroup } from "../own-group.ts";
import { askOwner } from "./ask-owner.ts";
import {
  type DeskOfPerson,
  hereOf,
  type Known,
  type Meeting,
  meetingsOf,
  personCalled,
  wantedBy,
} from "./circle.ts";
import { withoutConversations } from "./desk-contents.ts";
import { type Ending, type ErrandScene, LAST_STEP, stepId } from "./errand.ts";
import { inWantedGroup } from "./groups.ts";
import { commitIn, sagaStep, waitForSends } from "./saga.ts";
import { onDesk } from "./say.ts";
import { shutOff, tidyDesks, traceEndsOf } from "./shut-off.ts";

type Given<K extends Command["kind"]> = Extract<Command, { kind: K }>;
type Target = Given<"block">["target"];

/** Somebody reaches the writer no more: over all networks and handles, and they aren't told. */
export async function block(scene: ErrandScene, { target }: Given<"block">): Promise<Ending> {
  const known = await meant(scene, target);
  if ("say" in known) return { say: [known.say] };
  const tidied = await blockPerson(scene, known);
  return { say: [scene.house.texts.blocked()], record: tidied };
}

/**
 * Blocks a person: the fact first, so that no new conversation begins; then each conversation is closed to what was queued;
 * what was on its way is waited for. Gives what becomes of the errand's own record at its end. May be repeated.
 * @throws StoreAway
 */
export async function blockPerson(
  scene: ErrandScene,
  known: Known,
): Promise<(record: ConversationRecord) => ConversationRecord> {
  const { house } = scene;
  const me = await wantedBy(scene);
  await remember(scene, me, "block", known);
  const shared = await meetingsWith(scene, me, known.person);
  for (const { conversation, own } of shared)
    await commitIn(scene, conversation.id, "block", (now) => {
      const changes = shutOff(now, own.id);
      return changes.length === 0 ? undefined : { changes, deliveries: [] };
    });
  const gone = new Set(shared.map(({ conversation }) => conversation.id));
  const legs = shared.flatMap(({ conversation, own }) =>
    conversation.legs.filter(({ seat }) => seat === own.id),
  );
  await waitForSends(
    house,
    legs.map(({ id }) => id),
  );
  await traceEndsOf(house, me);
  await tidyDesks(scene, me, (desk) => withoutConversations(desk.record, desk.own, gone, house.clock.now()));
  return onDesk((desk) => withoutConversations(desk, scene.seat, gone, house.clock.now()));
}

/** Whom the writer has blocked. */
export async function blocked(scene: ErrandScene): Promise<Ending> {
  const list = await scene.house.blocks.list(await wantedBy(scene), "block");
  return { say: [scene.house.texts.blockedList({ names: list.map(({ name }) => name) })] };
}

/** They can reach the writer again; what they wrote meanwhile went nowhere and stays there. */
export async function unblock(scene: ErrandScene, { name }: Given<"unblock">): Promise<Ending> {
  const { house } = scene;
  const me = await wantedBy(scene);
  const meetings = await meetingsOf(house, me);
  const found = await blockCalled(scene, me, name, meetings);
  // Begun before a crash: the fact is gone, and the seats may not be open yet.
  if (found !== undefined) await house.blocks.removeNamed(me, "block", found.name);
  const closed = await filtered(meetings, async ({ conversation, own, others }) => {
    // Begun before a crash: the seat is open, and its place in the chat may not be there yet.
    if (own.state !== "blocked") return isOpened(scene, conversation.id);
    const stillBlocked = await Promise.all(others.map(({ person }) => isNoted(scene, me, "block", person)));
    return !stillBlocked.includes(true);
  });
  if (found === undefined && closed.length === 0) return { say: [house.texts.notBlocked({ name })] };
  const open: Meeting[] = [];
  for (const meeting of closed) {
    const { conversation, own } = meeting;
    const now = await inWantedGroup(scene, conversation, own.id);
    open.push(now === undefined ? meeting : { ...meeting, conversation: now });
  }
  for (const { conversation, own } of open)
    await commitIn(scene, conversation.id, "unblock", (now) => {
      const seat = now.seats.find(({ id }) => id === own.id);
      if (seat?.state !== "blocked") return undefined;
      const { record } = now;
      const isAsked = record.origin === "contact" && record.owner === own.id && record.answer === undefined;
      const state = isAsked ? "requested" : "accepted";
      return { changes: [{ kind: "seat", seat: { ...seat, state } }], deliveries: [] };
    });
  for (const { conversation, own } of open) await askAgain(scene, conversation.id, own.id);
  const asked = stepId(scene.event.canonical, LAST_STEP);
  await tidyDesks(scene, me, (desk) => withMeetings(desk, desk.record, open, asked));
  return {
    say: [house.texts.unblocked({ name: found?.called ?? name })],
    record: onDesk((record) => withMeetings(scene, record, open, asked)),
  };
}

/** Whether it was this very errand that opened a seat in a conversation. */
function isOpened(scene: ErrandScene, conversation: ConversationId): Promise<boolean> {
  const { event, house } = scene;
  return house.commits.isKnown(sagaStep(scene, conversation, "unblock"), event.acceptedAt);
}

/** The block that is meant: by the name under which it was made, or by one that the same person has in a conversation that it closed. */
async function blockCalled(
  { house }: ErrandScene,
  me: PersonHandle,
  called: string,
  meetings: readonly Meeting[],
): Promise<{ readonly name: string; readonly called: string } | undefined> {
  const isMeant = ({ name }: { readonly name: string }): boolean => skeleton(name) === skeleton(called);
  const made = (await house.blocks.list(me, "block")).find(isMeant);
  if (made !== undefined) return { name: made.name, called: made.name };
  const closed = meetings.filter(({ own }) => own.state === "blocked");
  const other = closed.flatMap(({ others }) => others).find(isMeant);
  const person = other && (await house.people.byId(other.person));
  const noted = person && (await house.blocks.of(me, "block", await house.people.identities(person)));
  return other && noted && { name: noted.name, called: other.name };
}

/** A guest's request waited in vain while its owner was blocked: they are asked now. */
async function askAgain(scene: ErrandScene, id: ConversationId, own: SeatId): Promise<void> {
  const made = await scene.house.cache.get(id);
  if (made?.record.origin === "contact" && made.record.owner !== own)
    await askOwner(scene, made, sagaStep(scene, id, "ask"));
}

/** Somebody isn't heard for a while: over all networks and handles, and they aren't told. */
export async function mute(scene: ErrandScene, { target }: Given<"mute">): Promise<Ending> {
  const known = await meant(scene, target);
  if ("say" in known) return { say: [known.say] };
  const me = await wantedBy(scene);
  await remember(scene, me, "mute", known);
  await setMuted(scene, me, known.person, true);
  return { say: [scene.house.texts.muted()] };
}

/** They are heard again. */
export async function unmute(scene: ErrandScene, { target }: Given<"unmute">): Promise<Ending> {
  const known = await meant(scene, target);
  if ("say" in known) return { say: [known.say] };
  const { house } = scene;
  const me = await wantedBy(scene);
  const other = await house.people.byId(known.person);
  if (other !== undefined) await house.blocks.remove(me, "mute", await house.people.identities(other));
  await setMuted(scene, me, known.person, false);
  return { say: [house.texts.unmuted({ name: known.name })] };
}

async function setMuted(
  scene: ErrandScene,
  me: PersonHandle,
  person: PersonId,
  muted: boolean,
): Promise<void> {
  for (const { conversation, own } of await meetingsWith(scene, me, person))
    await commitIn(scene, conversation.id, muted ? "mute" : "unmute", (now) => {
      const seat = now.seats.find(({ id }) => id === own.id);
      if (seat === undefined || (seat.muted ?? false) === muted) return undefined;
      return { changes: [{ kind: "seat", seat: { ...seat, muted } }], deliveries: [] };
    });
}

/** Whom a command means, or what to say when nobody is meant. */
async function meant(scene: ErrandScene, target: Target): Promise<Known | { readonly say: string }> {
  const { house } = scene;
  if (target.kind === "person")
    return personCalled(await meetingsOf(house, await wantedBy(scene)), target.name, house);
  const meeting = target.kind === "here" ? await hereOf(scene) : await requestOf(scene, target.request);
  if ("say" in meeting) return meeting;
  const [other] = meeting.others;
  return other === undefined ? { say: house.texts.whichConversation({ names: [] }) } : other;
}

async function requestOf(
  { conversation, house, seat }: ErrandScene,
  number: number,
): Promise<Meeting | { readonly say: string }> {
  const { record } = conversation;
  const open = record.origin === "desk" ? record.requests : [];
  const request = open.find((each) => each.number === number);
  const found = request && (await house.cache.get(request.conversation));
  const own = found?.seats.find(({ person }) => person === seat.person);
  if (found === undefined || own === undefined) return { say: house.texts.noSuchRequest({ number, open }) };
  return { conversation: found, own, others: found.seats.filter(({ id }) => id !== own.id) };
}

async function remember(
  { event, house }: ErrandScene,
  me: PersonHandle,
  kind: BlockKind,
  { person, name }: Known,
): Promise<void> {
  const other = await house.people.byId(person);
  if (other === undefined) return; // forgotten: nobody is there any more
  await house.blocks.add(me, kind, { name, at: event.acceptedAt }, await house.people.identities(other));
}

async function isNoted(
  { house }: ErrandScene,
  me: PersonHandle,
  kind: BlockKind,
  person: PersonId,
): Promise<boolean> {
  const other = await house.people.byId(person);
  return other !== undefined && house.blocks.has(me, kind, await house.people.identities(other));
}

async function meetingsWith(
  { house }: ErrandScene,
  me: PersonHandle,
  person: PersonId,
): Promise<readonly Meeting[]> {
  const all = await meetingsOf(house, me);
  return all.filter(({ others }) => others.some((seat) => seat.person === person));
}

/** A desk in whose chat conversations are led again, and that shows requests again which nobody answered. */
function withMeetings(
  { conversation }: Pick<DeskOfPerson, "conversation">,
  record: DeskRecord,
  meetings: readonly Meeting[],
  asked: CanonicalId,
): DeskRecord {
  const chats = new Set(conversation.legs.map(({ chat }) => chat));
  return meetings.reduce((desk, { conversation: led, own, others: [other] }) => {
    const leg = led.legs.find(
      ({ chat, desk, seat }) =>
        seat === own.id && (desk === conversation.id || (chat !== undefined && chats.has(chat))),
    );
    const isAsked = led.record.origin === "contact" && isWaiting(led.record) && led.record.owner === own.id;
    if (led.record.origin === "contact" && isAsked && led.record.desk === conversation.id)
      // Who has blocked them in turn asks only when that is undone.
      return other?.state === "blocked"
        ? desk
        : withRequest(desk, led.record, led.id, other?.name ?? "", asked);
    if (leg === undefined || other === undefined || !led.record.open || isAsked) return desk;
    if (desk.threads.some((thread) => thread.conversation === led.id) || isBehindGroup(led, leg)) return desk;
    const label = led.record.origin === "contact" ? led.record.label : undefined;
    const named = label === undefined || label === other.name ? {} : { label };
    return withThread(desk, { conversation: led.id, leg: leg.id, name: other.name, ...named, at: 0 });
  }, record);
}

function withRequest(
  desk: DeskRecord,
  { label }: ContactRecord,
  conversation: ConversationId,
  name: string,
  asked: CanonicalId,
): DeskRecord {
  if (desk.requests.some((request) => request.conversation === conversation)) return desk;
  const number = desk.lastRequest + 1;
  const request = { number, conversation, name, label, asked };
  return { ...desk, lastRequest: number, requests: [...desk.requests, request] };
}

async function filtered<T>(list: readonly T[], keep: (each: T) => Promise<boolean>): Promise<readonly T[]> {
  const kept = await Promise.all(list.map(keep));
  return list.filter((_, index) => kept[index]);
}
