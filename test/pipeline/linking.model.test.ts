import { setTimeout as wait } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { networkName } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { runs } from "../store/fixture.ts";
import { taken } from "../support/scripted-account.ts";
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
const DESKS: readonly Desk[] = [
  roomDesk("@leo.canary:example.org"),
  phoneDesk("+351912000001"),
  phoneDesk("+351912000002"),
];

const slowly: Parameters<World["rooms"]["always"]>[0] = async (...given) => {
  await wait(15);
  return taken(...given);
};

/** What an account does, at the same moment as the others. */
type Act =
  | { readonly kind: "link"; readonly with: number }
  | { readonly kind: "unlink" }
  | { readonly kind: "prefer"; readonly networks: string }
  /** A seller writes to a phone's conversation, thrice. */
  | { readonly kind: "hear"; readonly from: number }
  /** A phone writes in its conversation, or the room in the one that it was given. */
  | { readonly kind: "write"; readonly to: number };

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
  ),
  { minLength: 5, maxLength: 10 },
);

/** A run: what was written by whom, so that it can be looked for. */
interface Run {
  readonly house: TestHouse;
  readonly meetings: readonly Meeting[];
  readonly heard: { readonly text: string; readonly from: number }[];
  readonly written: string[];
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

async function doIt(run: Run, desk: Desk, act: Act): Promise<void> {
  const { house, meetings, heard, written } = run;
  switch (act.kind) {
    case "link": {
      const other = DESKS[act.with];
      return other === undefined || other === desk ? undefined : linkWith(run, desk, other);
    }
    case "unlink":
    case "prefer": {
      const text = act.kind === "unlink" ? "unlink" : `prefer ${act.networks}`;
      const before = saidAt(world, desk).length;
      await house.say(desk.side, text, { chat: desk.chat, from: desk.from });
      await perhaps(() => saidAt(world, desk).length > before);
      return;
    }
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

/** Each text is read once, by one of those who may; or its writer was told that it isn't. */
function expectOnce({ heard, meetings, written }: Run): void {
  const all = [...world.rooms.shown, ...world.phones.shown].filter(({ kind }) => kind === "text");
  for (const { text, from } of heard) {
    const read = all.filter((each) => each.text === text).length;
    const told = world.rooms.texts(meetings[from]?.room, "notice");
    expect(read).toBeLessThanOrEqual(1);
    if (read === 0) expect(told.length, text).toBeGreaterThan(0);
  }
  // Who unlinked isn't heard any more where they had no part of their own.
  const unlinked = DESKS.some((desk) => saidAt(world, desk).some((text) => text.startsWith("Unlinked")));
  for (const text of written) {
    const read = all.filter((each) => each.text === text).length;
    expect(read, text).toBeLessThanOrEqual(1);
    if (!unlinked) expect(read, text).toBe(1);
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

describe("three accounts that link, unlink and write at the same moment", () => {
  test("lose nothing, read nothing twice, and nothing reaches one whose unlinking was confirmed", async () => {
    await fc.assert(
      fc.asyncProperty(acts, acts, acts, async (...scripts) => {
        await world?.close();
        world = await openWorld({ pairs: 0, limits: UNHURRIED, presence: TWO_NUMBERS });
        // A queue builds up, so that what waits is there when an account leaves.
        for (const network of [world.rooms, world.phones]) network.always(slowly);
        const house = await world.open();
        const meetings = [
          await meet(house, SELLERS[0], DESKS[1]?.from ?? ""),
          await meet(house, SELLERS[1], DESKS[2]?.from ?? ""),
        ];
        const run: Run = { house, meetings, heard: [], written: [] };
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
