import { assertNever } from "../../model/assert-never.ts";
import type { CommandArguments } from "../../model/command.ts";
import type { Conversation, DeskRecord, Leg } from "../../model/conversation.ts";
import type { LegId } from "../../model/ids.ts";
import { notice } from "../../routing/decide.ts";
import type { Identity, PersonHandle } from "../../store/people.ts";
import type { Split } from "../../store/person-links.ts";
import { sharedLegs } from "../desk-legs.ts";
import { circumstancesOf, type House } from "../house.ts";
import type { OwnWork } from "../own-commit.ts";
import { desksOf } from "./circle.ts";
import type { Ending, ErrandScene } from "./errand.ts";
import { handOver } from "./hand-over.ts";
import { askedAt } from "./home.ts";
import { without } from "./leave.ts";
import { accountOf, deskLeg, identityName, isBehind, linkStores, othersOf, wanter } from "./link-parts.ts";
import { commitIn, waitForSends } from "./saga.ts";
import { titlesOf } from "./show-me.ts";
import { windUp } from "./wind-up.ts";

/** `unlink`: an account of a person is its own again. It is confirmed once nothing of theirs can reach it any more. */
export async function unlink(scene: ErrandScene, wish: CommandArguments["unlink"]): Promise<Ending> {
  const { event, house } = scene;
  const { links } = linkStores(house);
  let split = await links.splitBy(event.canonical);
  if (split === undefined) {
    const person = await wanter(scene);
    const meant = identityMeant(scene, await house.people.identities(person), wish);
    if ("say" in meant) return meant;
    split = await links.split(person, meant, event.canonical);
  }
  if (split === undefined) return { say: [house.texts.nothingLinked()] };
  if (split.from !== undefined) await takeApart(scene, split, split.from);
  return { say: [house.texts.unlinked()] };
}

function identityMeant(
  { house, leg }: ErrandScene,
  identities: readonly Identity[],
  { network, hint }: CommandArguments["unlink"],
): Identity | { readonly say: readonly string[] } {
  const { texts } = house;
  if (identities.length < 2) return { say: [texts.nothingLinked()] };
  const hinted = (each: Identity): boolean => hint === undefined || hintOf(each, house) === hint;
  const meant = identities.filter((each) =>
    network === undefined ? isBehind(each, leg, house) : each.network === network && hinted(each),
  );
  const [first, ...others] = meant;
  if (first === undefined) {
    const [title = ""] = network === undefined ? [] : titlesOf([network], house);
    return { say: [network === undefined ? texts.nothingLinked() : texts.noAccountOn({ network: title })] };
  }
  if (others.length === 0) return first;
  const commands = meant.map((each) => ["unlink", each.network, hintOf(each, house) ?? []].flat().join(" "));
  return { say: [texts.whichAccount({ commands })] };
}

function hintOf(identity: Identity, house: House): string | undefined {
  const account = identityName(identity, house);
  switch (account.kind) {
    case "number":
      return account.ending;
    case "user":
      return account.beginning;
    case "unnamed":
      return undefined;
    default:
      return assertNever(account);
  }
}

/** Everything of the person's that the identity took part in goes on without it. */
async function takeApart(scene: ErrandScene, split: Split, from: PersonHandle): Promise<void> {
  const { house } = scene;
  const { identity, person } = split;
  const closed: LegId[] = [];
  const over: Conversation[] = [];
  const [leaving, staying] = [[] as Conversation[], [] as Conversation[]];
  await keepBlocks(scene, split, from);
  for (const { conversation: id, seat } of await house.people.seats(from)) {
    const conversation = await house.cache.get(id);
    if (conversation === undefined) continue;
    if (conversation.record.origin === "desk") {
      const own = deskLeg(conversation);
      if (own === undefined || !isBehind(identity, own, house)) staying.push(conversation);
      else {
        await keepRequests(scene, conversation, split, from);
        await commitIn(scene, id, "unlink", (now) => emptied(now, own, house));
        await house.conversations.reseat(id, seat, person);
        house.cache.drop(id);
        await house.people.part(from, id);
      }
      continue;
    }
    const isPair = conversation.record.origin === "pair";
    if (isPair && conversation.legs.every((leg) => leg.seat !== seat || isBehind(identity, leg, house))) {
      // The operator's config says that this account talks there: it does, as its own person.
      await house.conversations.reseat(id, seat, person);
      house.cache.drop(id);
      await house.people.part(from, id);
      continue;
    }
    const shared = await sharedLegs(house, conversation);
    await commitIn(scene, id, "unlink", (now) => without(now, seat, identity, house, shared));
    const now = await house.cache.get(id);
    if (now?.record.open === false) over.push(now);
    for (const leg of now?.legs ?? []) {
      if (leg.seat !== seat || leg.over !== true || !isBehind(identity, leg, house)) continue;
      closed.push(leg.id);
      await forgetChat(house, leg);
      // Also of a leg that was to get a number a moment ago.
      if (isPair && leg.number !== undefined) await house.numberPairs.release(leg.to, id);
      if (!isPair) await scene.pools.get(leg.account)?.release(leg.to, id);
    }
  }
  for (const { conversation: id } of await house.people.seats(person)) {
    const desk = await house.cache.get(id);
    if (desk?.record.origin === "desk") leaving.push(desk);
  }
  await forgetPlaces(house, from, identity, leaving);
  await waitForSends(house, closed);
  await windUp(scene, over, from.id);
  const isAlone = (await house.people.identities(from)).length < 2;
  await tellOthers(scene, identity, { leaving, staying, isAlone });
  await linkStores(house).links.finish(split);
}

/** What is written where the leg was isn't its conversation's any more. */
async function forgetChat({ cache, conversations }: House, { id, chat }: Leg): Promise<void> {
  if (chat === undefined) return;
  await conversations.dropChat(chat, id);
  cache.forgetChat(chat);
}

/** Requests are answered at another desk of the person's from now on. */
async function keepRequests(
  scene: ErrandScene,
  { id, record }: Conversation,
  { identity }: Split,
  from: PersonHandle,
): Promise<void> {
  const { house } = scene;
  if (record.origin !== "desk" || record.requests.length === 0) return;
  const desks = (await desksOf(house, from)).flatMap(({ conversation: desk }) => {
    const at = desk.id === id ? undefined : deskLeg(desk);
    return at === undefined || isBehind(identity, at, house) ? [] : [desk];
  });
  const to = askedAt(desks, undefined);
  if (to !== undefined) await handOver(scene, record.requests, to.id);
}

/** What was open at a desk is its person's, who isn't there any more; of texts that waited there the writer is told. */
function emptied({ record }: Conversation, own: Leg, house: House): OwnWork | undefined {
  if (record.origin !== "desk") return undefined;
  const { ended: _ended, focus: _focus, guarded, held, said: _said, ...rest } = record;
  const empty: DeskRecord = { ...rest, questions: {}, requests: [], threads: [] };
  const texts = [held, guarded].reduce((count, each) => count + (each?.[own.seat]?.texts.length ?? 0), 0);
  const said =
    texts === 0 ? [] : [notice(own, house.texts.notSent({ texts, why: "answered" }), circumstancesOf(house))];
  return { changes: [{ kind: "record", record: empty }], deliveries: said };
}

/** All that was blocked by the person, or against them, stays so for the identity. */
async function keepBlocks(
  { house }: ErrandScene,
  { identity, person }: Split,
  from: PersonHandle,
): Promise<void> {
  await house.blocks.unite(from, person);
  const theirs = await house.people.identities(from);
  for (const by of await othersOf(house, from)) await house.blocks.spread(by, theirs, [identity]);
}

/** Where the person is reached isn't the identity any more. */
async function forgetPlaces(
  { settings }: House,
  from: PersonHandle,
  identity: Identity,
  leaving: readonly Conversation[],
): Promise<void> {
  const { home, last, prefer } = await settings.of(from);
  if (leaving.some(({ id }) => id === home)) await settings.set(from, "home", undefined);
  if (last === identity.id) await settings.set(from, "last", undefined);
  const rest = prefer?.filter((network) => network !== identity.network);
  if (rest?.length !== prefer?.length)
    await settings.set(from, "prefer", rest?.length === 0 ? undefined : rest);
}

/** The side that didn't ask for it hears of it, each account once. */
async function tellOthers(
  scene: ErrandScene,
  identity: Identity,
  {
    leaving,
    staying,
    isAlone,
  }: {
    readonly leaving: readonly Conversation[];
    readonly staying: readonly Conversation[];
    /** Only one account is left where it was. */
    readonly isAlone: boolean;
  },
): Promise<void> {
  const { conversation, house, leg } = scene;
  const { texts } = house;
  const isLeaving = leaving.some(({ id }) => id === conversation.id);
  const by = isLeaving ? identityName(identity, house) : await accountOf(leg, house);
  const text = !isLeaving || isAlone ? texts.unlinkedBy(by) : texts.unlinkedFrom(by);
  const told = new Set<string>();
  for (const desk of isLeaving ? staying : leaving) {
    const to = deskLeg(desk);
    const address = to && `${to.account} ${to.to.expose()}`;
    if (address === undefined || told.has(address)) continue;
    told.add(address);
    await commitIn(scene, desk.id, "unlinked", (now) => {
      const there = deskLeg(now);
      return there && { changes: [], deliveries: [notice(there, text, circumstancesOf(house))] };
    });
  }
}
