import { newHandleCode } from "../../consent/handle-code.ts";
import { newLinkCode } from "../../consent/link-code.ts";
import type { Conversation, ConversationRecord, Leg, Question } from "../../model/conversation.ts";
import type { ConversationId, PersonId, SeatId } from "../../model/ids.ts";
import type { LinkedAccount, NotLinked } from "../../model/texts.ts";
import type { Timestamp } from "../../model/time.ts";
import { notice } from "../../routing/decide.ts";
import { QUESTION_TIME } from "../../routing/follow-up.ts";
import { Handles } from "../../store/handles.ts";
import { LinkCodes } from "../../store/link-codes.ts";
import type { Identity, PersonHandle } from "../../store/people.ts";
import { PersonLinks } from "../../store/person-links.ts";
import { circumstancesOf, type House } from "../house.ts";
import type { OwnWork } from "../own-commit.ts";
import { commitStep, type ErrandScene } from "./errand.ts";

/** The stores that linking works with beside the house's. */
export function linkStores({ store, people }: House) {
  return {
    codes: new LinkCodes(store, newLinkCode),
    handles: new Handles(store, people, newHandleCode),
    links: new PersonLinks(store, people),
  };
}

/** Who wants the errand, as they are by now. @throws an error when they are gone */
export async function wanter({ house, seat }: ErrandScene): Promise<PersonHandle> {
  const person = await house.people.byId(seat.person);
  if (person === undefined) throw new Error("an errand is wanted by a person who isn't there");
  return person;
}

/** The account behind a leg, as the owner of another one recognises it: by two characters. @throws StoreAway */
export async function accountOf(leg: Leg, house: House): Promise<LinkedAccount> {
  const { network, title } = house.capabilities(leg.account);
  const person = await house.people.find(network, leg.to);
  const identities = person === undefined ? [] : await house.people.identities(person);
  const identity = identities.find((each) => isBehind(each, leg, house));
  return identity === undefined ? named(title, leg.to.expose()) : identityName(identity, house);
}

/** As `accountOf`, of an identity. */
export function identityName({ network, address, alias }: Identity, house: House): LinkedAccount {
  const title = house.networks().find((each) => each.network === network)?.title ?? network;
  return named(title, (alias ?? address).expose());
}

/** Of an opaque id its owner would recognise nothing. */
function named(network: string, address: string): LinkedAccount {
  if (/^\+\d/.test(address)) return { kind: "number", network, ending: address.slice(-2) };
  if (/^\d/.test(address)) return { kind: "unnamed", network };
  return { kind: "user", network, beginning: [...address].slice(0, 3).join("") };
}

/** Whether an identity is the one that a leg reaches. */
export function isBehind(identity: Identity, { account, to }: Leg, house: House): boolean {
  return (
    identity.network === house.capabilities(account).network && identity.address.expose() === to.expose()
  );
}

type LinkQuestion = Extract<Question, { kind: "join-link" | "confirm-link" }>;

/** Until when an event's question about a link is open: then both are told that it wasn't answered. Safe to repeat. */
export async function openUntil({ house, event }: ErrandScene, desk: ConversationId): Promise<Timestamp> {
  const until = event.acceptedAt + QUESTION_TIME;
  await house.timers.set({ kind: "link", conversation: desk, at: until });
  return until;
}

/** Asks at another desk; what was asked there before isn't answered any more. */
export function asks(
  desk: Conversation,
  question: LinkQuestion,
  text: string,
  { house }: ErrandScene,
): OwnWork | undefined {
  const leg = deskLeg(desk);
  if (leg === undefined) return undefined;
  const record = asked(desk.record, leg.seat, question);
  return {
    changes: [{ kind: "record", record }],
    deliveries: [notice(leg, text, circumstancesOf(house))],
  };
}

/** The record once somebody is asked about a link. */
export function asked(record: ConversationRecord, seat: SeatId, question: LinkQuestion): ConversationRecord {
  return { ...record, questions: { ...record.questions, [seat]: question } };
}

/** The leg of a desk that is somebody's. */
export function deskLeg({ legs, seats }: Conversation): Leg | undefined {
  return legs.find((leg) => leg.over !== true && seats.some(({ id }) => id === leg.seat));
}

/** Says something at a desk, once. */
export function tell(scene: ErrandScene, desk: ConversationId, step: number, text: string): Promise<boolean> {
  return commitStep(scene, desk, step, (now) => {
    const leg = deskLeg(now);
    if (leg === undefined) return undefined;
    return { changes: [], deliveries: [notice(leg, text, circumstancesOf(scene.house))] };
  });
}

/** Another code was sent while a question about a link was open here: it isn't answered any more, and its other side hears so. */
export async function endEarlier(scene: ErrandScene, desk: ConversationId, step: number): Promise<void> {
  const now = await scene.house.cache.get(desk);
  const leg = now && deskLeg(now);
  const question = leg && now.record.questions[leg.seat];
  if (question?.kind !== "join-link" && question?.kind !== "confirm-link") return;
  if (question.until <= scene.event.acceptedAt) return;
  await tell(scene, question.desk, step, scene.house.texts.notLinked("late"));
}

/** Not linked: both are told; the other side by its own words. */
export async function refuse(
  scene: ErrandScene,
  other: ConversationId,
  step: number,
  why: { readonly here: NotLinked; readonly there: NotLinked },
): Promise<{ say: readonly string[] }> {
  await tell(scene, other, step, scene.house.texts.notLinked(why.there));
  return { say: [scene.house.texts.notLinked(why.here)] };
}

/** What a person is told when two accounts are linked. */
export async function linkedText(house: House, person: PersonHandle, here: Leg): Promise<string> {
  const { own, others, words } = await accountsOf(house, person, here);
  return house.texts.linked({ own, others, prefer: words });
}

/** A person's accounts, as they are said on one of them. `words`: what `prefer` takes, the other networks first. */
export async function accountsOf(house: House, person: PersonHandle, here: Leg) {
  const identities = await house.people.identities(person);
  const others = identities.filter((identity) => !isBehind(identity, here, house));
  const { network, title } = house.capabilities(here.account);
  const networks = [...new Set([...others.map((identity) => identity.network), network])];
  return { own: title, others: others.map((each) => identityName(each, house)), words: networks, identities };
}

/** The person that an errand knows by an id of before, as they are by now. */
export function personBy({ house }: ErrandScene, id: PersonId): Promise<PersonHandle | undefined> {
  return house.people.byId(id);
}

/** Those with whom a person has conversations. */
export async function othersOf(
  { cache, people }: House,
  person: PersonHandle,
): Promise<readonly PersonHandle[]> {
  const found = new Map<PersonId, PersonHandle>();
  for (const { conversation, seat } of await people.seats(person)) {
    for (const other of (await cache.get(conversation))?.seats ?? []) {
      const handle = other.id === seat ? undefined : await people.byId(other.person);
      if (handle !== undefined && handle.id !== person.id) found.set(handle.id, handle);
    }
  }
  return [...found.values()];
}
