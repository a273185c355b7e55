import { setTimeout as wait } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { networkName } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { runs } from "../store/fixture.ts";
import { heldUntil, shownSoFar } from "../support/scripted-account.ts";
import { openWorld, type TestHouse, until, type World } from "../support/test-house.ts";
import {
  type Desk,
  link,
  type Meeting,
  meet,
  phoneDesk,
  pooled,
  roomDesk,
  saidAt,
  TWO_NUMBERS,
  UNHURRIED,
} from "./linking.ts";

let world: World;
afterEach(() => world.close());

const SELLERS = ["@mia.canary:example.org", "@rui.canary:example.org"] as const;
/** What those who talk to them call them. */
const NAMES = ["Mia", "Rui"] as const;
const DESKS: readonly Desk[] = [
  roomDesk("@leo.canary:example.org"),
  phoneDesk("+351912000001"),
  phoneDesk("+351912000002"),
];

/** Marked first: what is on its way takes a while. */
const slowly: Parameters<World["rooms"]["always"]>[0] = (...given) => heldUntil(wait(15))(...given);

/** What an account does, at the same moment as the others. */
type Act =
  | { readonly kind: "link"; readonly with: number }
  | { readonly kind: "unlink" }
  | { readonly kind: "prefer"; readonly networks: string }
  /** A seller writes to a phone's conversation, thrice. */
  | { readonly kind: "hear"; readonly from: number }
  /** A phone writes in its conversation, or the room in the one that it was given. */
  | { readonly kind: "write"; readonly to: number }
  /** A phone wants no more texts, or wants them again. */
  | { readonly kind: "STOP" | "START" }
  /** A seller is blocked, or may write again. */
  | { readonly kind: "block" | "unblock"; readonly whom: number };

const acts = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("link" as const), with: fc.nat(2) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("unlink" as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("prefer" as const),
        networks: fc.constantFrom("matrix", "sms", "last"),
      }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("hear" as const), from: fc.nat(1) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("write" as const), to: fc.nat(1) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("STOP" as const, "START" as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constantFrom("block" as const, "unblock" as const), whom: fc.nat(1) }),
    },
  ),
  { minLength: 5, maxLength: 10 },
);

/** A word that somebody typed, with the place of what was shown last before it. */
interface Typed {
  readonly word: "STOP" | "START" | "block" | "unblock";
  readonly desk: Desk;
  /** The seller's number. */
  readonly whom?: number;
  readonly order: number;
  /** The accounts that belonged to its writer all the while. */
  readonly accounts: Desk[];
}

/** A run: what was written by whom, so that it can be looked for. */
interface Run {
  readonly house: TestHouse;
  readonly meetings: readonly Meeting[];
  readonly heard: { readonly text: string; readonly from: number }[];
  readonly written: string[];
  readonly typed: Typed[];
}

/** Waits a little for something that may never be so. */
const perhaps = (isSo: () => boolean): Promise<boolean> =>
  until(isSo, 400).then(
    () => true,
    () => false,
  );

async function linkWith({ house }: Run, first: Desk, second: Desk): Promise<void> {
  const type = (desk: Desk, text: string) => house.say(desk.side, text, { chat: desk.chat, from: desk.from });
  const after = async (desk: Desk, text: string, by: () => Promise<unknown>): Promise<string | undefined> => {
    const before = saidAt(world, desk).length;
    const found = () =>
      saidAt(world, desk)
        .slice(before)
        .find((said) => said.includes(text));
    await by();
    return (await perhaps(() => found() !== undefined)) ? found() : undefined;
  };
  const offered = await after(first, "within 10 minutes", () => type(first, "link"));
  const code = /\d{4} \d{4}/.exec(offered ?? "")?.[0];
  if (code === undefined) return;
  if ((await after(second, "Link this", () => type(second, code))) === undefined) return;
  if ((await after(first, "wants to be linked", () => type(second, "1"))) === undefined) return;
  await after(second, "Linked", () => type(first, "1"));
}

/** Types it in the bridge's own chat and waits a little for an answer. */
async function command({ house }: Run, desk: Desk, text: string): Promise<void> {
  const before = saidAt(world, desk).length;
  await house.say(desk.side, text, { chat: desk.chat, from: desk.from });
  await perhaps(() => saidAt(world, desk).length > before);
}

async function ban(
  run: Run,
  desk: Desk,
  { kind, whom }: Extract<Act, { kind: "block" | "unblock" }>,
): Promise<void> {
  const before = await accountsWith(run, desk);
  const typed: Typed = { word: kind, desk, whom, order: shownSoFar(), accounts: [] };
  run.typed.push(typed);
  await command(run, desk, `${kind} ${NAMES[whom]}`);
  const after = await accountsWith(run, desk);
  typed.accounts.push(...before.filter((each) => after.includes(each)));
}

/** All accounts of the person that an account belongs to. */
async function accountsWith({ house }: Run, { from, side }: Desk): Promise<readonly Desk[]> {
  const { people } = house.house;
  const person = await people.find(networkName(side === "rooms" ? "matrix" : "sms"), sensitive(from));
  const identities = person === undefined ? [] : await people.identities(person);
  return DESKS.filter((desk) => identities.some(({ address }) => address.expose() === desk.from));
}

async function doIt(run: Run, desk: Desk, act: Act): Promise<void> {
  const { house, meetings, heard, written } = run;
  switch (act.kind) {
    case "link": {
      const other = DESKS[act.with];
      return other === undefined || other === desk ? undefined : linkWith(run, desk, other);
    }
    case "unlink":
      return command(run, desk, "unlink");
    case "prefer":
      return command(run, desk, `prefer ${act.networks}`);
    case "STOP":
    case "START":
      if (desk.side !== "phones") return;
      run.typed.push({ word: act.kind, desk, order: shownSoFar(), accounts: [desk] });
      return command(run, desk, act.kind);
    case "block":
    case "unblock":
      return ban(run, desk, act);
    case "hear": {
      const [chat, from] = [meetings[act.from]?.room ?? "", SELLERS[act.from] ?? ""];
      for (let i = 0; i < 3; i++) {
        const text = `heard ${heard.length}`;
        heard.push({ text, from: act.from });
        await house.say("rooms", text, { chat, from });
      }
      return;
    }
    case "write": {
      const text = `written ${written.length}`;
      const isPhone = desk.side === "phones";
      const chat = isPhone ? meetings[DESKS.indexOf(desk) - 1]?.portal : world.rooms.opened.get(desk.from);
      if (chat === undefined) return;
      written.push(text);
      await house.say(desk.side, text, { chat, from: desk.from });
      return;
    }
  }
}

/** Each text is read once, by one of those who may; or its writer was told that it isn't, but for a block, which is quiet. */
function expectOnce({ heard, meetings, typed, written }: Run): void {
  const all = [...world.rooms.shown, ...world.phones.shown].filter(({ kind }) => kind === "text");
  for (const { text, from } of heard) {
    const read = all.filter((each) => each.text === text).length;
    const told = world.rooms.texts(meetings[from]?.room, "notice");
    expect(read).toBeLessThanOrEqual(1);
    const isQuiet = typed.some(({ word, whom }) => word === "block" && whom === from);
    if (read === 0 && !isQuiet) expect(told.length, text).toBeGreaterThan(0);
  }
  // Who unlinked isn't heard any more where they had no part of their own, and who blocked somebody doesn't write to them.
  const unlinked = DESKS.some((desk) => saidAt(world, desk).some((text) => text.startsWith("Unlinked")));
  const blocked = typed.some(({ word }) => word === "block");
  for (const text of written) {
    const read = all.filter((each) => each.text === text).length;
    expect(read, text).toBeLessThanOrEqual(1);
    if (!unlinked && !blocked) expect(read, text).toBe(1);
  }
}

/** What an account reads when it is about to be linked again. */
const ANEW = /^(?:Link this|From the other account)/;

/** Once an account's unlinking is confirmed to it, nothing more is read where it was read before, unless it is linked anew. */
function expectNothingAfter(desk: Desk, places: readonly string[]): void {
  const { shown } = world[desk.side];
  const confirmed = shown.findIndex(
    ({ portal, text }) => portal === desk.chat && text.startsWith("Unlinked."),
  );
  if (confirmed < 0) return;
  const before = new Set(shown.slice(0, confirmed).map(({ portal }) => portal));
  const since = shown.slice(confirmed);
  const anew = since.findIndex(({ portal, text }) => portal === desk.chat && ANEW.test(text));
  const alone = anew < 0 ? since : since.slice(0, anew);
  const after = alone.filter(({ portal, kind }) => kind === "text" && before.has(portal));
  expect(after.filter(({ portal }) => places.includes(portal))).toEqual([]);
}

/** All that was shown to an account, on whatever chat of its network. */
function shownTo({ from, side }: Desk) {
  const isOwn = ({ portal }: { readonly portal: string }): boolean =>
    side === "phones" ? portal.endsWith(` ${from}`) : world.rooms.titles.get(portal)?.to === from;
  return world[side].shown.filter(isOwn);
}

/**
 * From when a word was confirmed to when its opposite was typed, by places of what was shown. What was confirmed belongs to the
 * last word before it; who typed the opposite meanwhile may have been heard first.
 */
function spansOf(typed: readonly Typed[], word: Typed["word"], undone: Typed["word"], confirmed: string) {
  return typed.flatMap((each, i) => {
    if (each.word !== word) return [];
    const until = typed.slice(i + 1).find((other) => other.word === undone && other.whom === each.whom);
    const next = typed.slice(i + 1).find((other) => other.word === word && other.desk === each.desk);
    const isIts = (order: number): boolean => order > each.order && order <= (next?.order ?? order);
    const { chat, side } = each.desk;
    const said = world[side].shown.find(
      ({ order, portal, text }) => portal === chat && text.startsWith(confirmed) && isIts(order),
    );
    return said === undefined
      ? []
      : { ...each, from: said.order, to: until?.order ?? Number.POSITIVE_INFINITY };
  });
}

/** Once STOP is confirmed, a phone is texted nothing from any number, before START. */
function expectSilence({ typed }: Run): void {
  for (const desk of DESKS) {
    const own = typed.filter((each) => each.desk === desk);
    for (const { from, to } of spansOf(own, "STOP", "START", "You won't get texts")) {
      const after = shownTo(desk).filter(({ order }) => order > from && order <= to);
      expect(after.map(({ text }) => text)).toEqual([]);
    }
  }
}

/** Once a block is confirmed, nothing of whom it is about is read on any account of who blocked them, before it is undone. */
function expectBlocked({ heard, typed }: Run): void {
  for (const { accounts, whom, from, to } of spansOf(typed, "block", "unblock", "Blocked, on all networks")) {
    const theirs = new Set(heard.filter((each) => each.from === whom).map(({ text }) => text));
    const after = accounts
      .flatMap(shownTo)
      .filter(({ order, text }) => order > from && order <= to && theirs.has(text));
    expect(after.map(({ text }) => text)).toEqual([]);
  }
}

/** Each address has one owner, who knows of it. */
async function expectWhole({ house }: Run): Promise<void> {
  const { people } = house.house;
  for (const { from, side } of DESKS) {
    const network = networkName(side === "rooms" ? "matrix" : "sms");
    const owner = await people.find(network, sensitive(from));
    const identities = owner && (await people.identities(owner));
    expect(identities?.filter(({ address }) => address.expose() === from)).toHaveLength(1);
  }
}

describe("three accounts that link, unlink, block, stop and write at the same moment", () => {
  test("lose nothing, read nothing twice, and nothing reaches one whose unlinking, block or STOP was confirmed", async () => {
    await fc.assert(
      fc.asyncProperty(acts, acts, acts, async (...scripts) => {
        await world?.close();
        world = await openWorld({
          ...{ pairs: 0, limits: UNHURRIED, presence: TWO_NUMBERS },
          phones: { optOutWords: true },
        });
        // A queue builds up, so that what waits is there when an account leaves.
        for (const network of [world.rooms, world.phones]) network.always(slowly);
        const house = await world.open();
        const meetings = [
          await meet(house, SELLERS[0], DESKS[1]?.from ?? "", NAMES[0]),
          await meet(house, SELLERS[1], DESKS[2]?.from ?? "", NAMES[1]),
        ];
        const run: Run = { house, meetings, heard: [], written: [], typed: [] };
        const [room, ...phones] = DESKS;
        for (const phone of phones) if (room !== undefined) await link(world, house, room, phone);
        await Promise.all(
          scripts.map(async (script, i) => {
            const desk = DESKS[i];
            for (const act of script) if (desk !== undefined) await doIt(run, desk, act);
          }),
        );
        await until(() => house.pipeline.lanes.size === 0 && house.pipeline.legs.size === 0, 10_000);
        expectOnce(run);
        expectSilence(run);
        expectBlocked(run);
        const rooms = world.rooms.shown
          .map(({ portal }) => portal)
          .filter((portal) => portal.endsWith("canary.example"));
        for (const desk of DESKS)
          expectNothingAfter(desk, desk.side === "rooms" ? rooms : [pooled(desk.from), desk.chat]);
        await expectWhole(run);
      }),
      { ...runs(4), endOnFailure: true },
    );
  }, 300_000);
});
