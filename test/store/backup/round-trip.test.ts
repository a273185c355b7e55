// What goes into a backup comes out of it: random worlds, read through the repositories before and after.

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HandleCode } from "../../../src/model/handle.ts";
import type { CanonicalId, ChatKey, ConversationId } from "../../../src/model/ids.ts";
import { sensitive } from "../../../src/model/sensitive.ts";
import { HOUR, SECOND } from "../../../src/model/time.ts";
import { scopesOf } from "../../../src/store/opt-outs.ts";
import { MATRIX, newId, runs, SMS } from "../fixture.ts";
import { wanted } from "../handles.fixture.ts";
import {
  converse,
  openStateBench,
  personsIn,
  readState,
  recordsIn,
  restoreInto,
  type StateBench,
  type StateHouse,
} from "./house.ts";

let bench: StateBench;
beforeAll(async () => {
  bench = await openStateBench();
});
afterAll(() => bench.stop());

const ROOMS = [1, 2, 3].map((i) => sensitive(`@user${i}.canary:example.org`));
const PHONES = [1, 2, 3].map((i) => sensitive(`+35191000000${i}`));
const NUMBERS = [1, 2].map((i) => sensitive(`+1555010011${i}`));
const room = fc.nat({ max: 2 });
const phone = fc.nat({ max: 2 });
const number = fc.nat({ max: 1 });

const step = fc.oneof(
  fc.record({ do: fc.constant("talk" as const), room, phone, number, pair: fc.boolean() }),
  fc.record({
    do: fc.constant("handle" as const),
    room,
    label: fc.constantFrom("bike", "lamp", "cat"),
    expires: fc.boolean(),
  }),
  fc.record({ do: fc.constant("revoke" as const), room, label: fc.constantFrom("bike", "lamp") }),
  fc.record({
    do: fc.constant("block" as const),
    room,
    phone,
    kind: fc.constantFrom("block" as const, "mute" as const),
  }),
  fc.record({ do: fc.constant("unblock" as const), room, phone }),
  fc.record({ do: fc.constant("blockBack" as const), room, phone }),
  fc.record({ do: fc.constant("stop" as const), phone, number, all: fc.boolean() }),
  fc.record({ do: fc.constant("start" as const), phone, number }),
  fc.record({ do: fc.constant("link" as const), room, phone }),
  fc.record({ do: fc.constant("unlink" as const), room, phone }),
  fc.record({ do: fc.constant("prefer" as const), room, networks: fc.shuffledSubarray([SMS, MATRIX]) }),
  fc.record({ do: fc.constant("release" as const), phone }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What was made on the way, by which it is asked for. */
interface Made {
  readonly conversations: ConversationId[];
  readonly chats: ChatKey[];
  readonly codes: HandleCode[];
}

async function take(house: StateHouse, it: Step, made: Made): Promise<void> {
  const at = <T>(all: readonly T[], index: number): T => all[index] as T; // the generators stay within
  const owner = "room" in it ? await house.people.findOrCreate(MATRIX, at(ROOMS, it.room)) : undefined;
  const reached = "phone" in it ? { network: SMS, address: at(PHONES, it.phone) } : undefined;
  if (it.do === "talk" && owner !== undefined) {
    const { id, legs } = await converse(
      ...([house, at(ROOMS, it.room), at(PHONES, it.phone), at(NUMBERS, it.number)] as const),
      it.pair ? "pair" : "contact",
    );
    made.conversations.push(id);
    made.chats.push(...legs.flatMap(({ chat }) => chat ?? []));
  } else if (it.do === "handle" && owner !== undefined) {
    const more = it.expires ? { expiresAt: house.clock.now() + HOUR } : {};
    const reply = await house.handles.create(owner, wanted(it.label, more));
    if (reply.kind === "made") made.codes.push(reply.handle.code);
  } else if (it.do === "revoke" && owner !== undefined) {
    await house.handles.revoke(owner, { label: wanted(it.label).label });
  } else if (it.do === "block" && owner !== undefined && reached !== undefined) {
    await house.blocks.add(owner, it.kind, { name: "Amber Fox", at: house.clock.now() }, [reached]);
  } else if (it.do === "unblock" && owner !== undefined && reached !== undefined) {
    await house.blocks.remove(owner, "block", [reached]);
  } else if (it.do === "blockBack" && reached !== undefined) {
    const blocker = await house.people.findOrCreate(SMS, reached.address);
    const other = { network: MATRIX, address: at(ROOMS, it.room) };
    await house.blocks.add(blocker, "block", { name: "Ana", at: house.clock.now() }, [other]);
  } else if (it.do === "stop") {
    const scopes = scopesOf(at(NUMBERS, it.number)).slice(it.all ? 0 : 1);
    await house.optOuts.set(at(PHONES, it.phone), scopes, newId<CanonicalId>());
  } else if (it.do === "start") {
    await house.optOuts.clear(at(PHONES, it.phone), scopesOf(at(NUMBERS, it.number)));
  } else if (it.do === "link" && owner !== undefined && reached !== undefined) {
    const guest = await house.people.findOrCreate(SMS, reached.address);
    const guards = {
      hasHandles: async () => (await house.handles.list(guest)).length > 0,
      uniteBlocks: () => house.blocks.unite(guest, owner),
    };
    await house.links.merge(guest.id, owner, newId<CanonicalId>(), guards);
  } else if (it.do === "unlink" && owner !== undefined && reached !== undefined) {
    const own = (await house.people.identities(owner)).find(
      ({ address }) => address.expose() === reached.address.expose(),
    );
    const split = own && (await house.links.split(owner, own, newId<CanonicalId>()));
    if (split !== undefined) await house.links.finish(split);
  } else if (it.do === "prefer" && owner !== undefined) {
    await house.settings.set(owner, "prefer", it.networks.length === 0 ? undefined : it.networks);
  } else if (it.do === "release") {
    for (const id of made.conversations) await house.numberPairs.release(at(PHONES, it.phone), id);
  }
}

describe("a backup", () => {
  test("brings back what the repositories read, whatever there was", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
        const house = await bench.begin();
        const made: Made = { conversations: [], chats: [], codes: [] };
        for (const it of steps) {
          await take(house, it, made);
          house.clock.advance(SECOND);
        }
        const asked = { rooms: ROOMS, phones: PHONES, numbers: NUMBERS, ...made };
        const records = await recordsIn(house);
        const before = await readState(house, asked);
        const { house: other, restored } = await restoreInto(bench.target, records, house.clock);
        expect(await readState(other, asked)).toEqual(before);
        expect(restored.persons).toBe(await personsIn(house));
        expect(restored.conversations).toBe(new Set(made.conversations).size);
      }),
      runs(25),
    );
  }, 120_000);

  test("of a backup that was restored says the same again, by other keys", async () => {
    const house = await bench.begin();
    const made: Made = { conversations: [], chats: [], codes: [] };
    await take(house, { do: "talk", room: 0, phone: 0, number: 0, pair: false }, made);
    await take(house, { do: "handle", room: 0, label: "bike", expires: false }, made);
    await take(house, { do: "block", room: 0, phone: 1, kind: "block" }, made);
    const asked = { rooms: ROOMS, phones: PHONES, numbers: NUMBERS, ...made };
    const before = await readState(house, asked);
    const { house: second } = await restoreInto(bench.target, await recordsIn(house), house.clock);
    const { house: third } = await restoreInto(bench.connection, await recordsIn(second), house.clock);
    expect(await readState(third, asked)).toEqual(before);
    const [code] = made.codes;
    expect(code && (await third.handles.find(code))?.label).toBe("bike");
    // A bucket key of before opens nothing of after.
    const bucketsOf = ({ store }: StateHouse) => store.vault.keyring.lastingPeppers().map(({ id }) => id);
    expect(bucketsOf(third).some((id) => bucketsOf(house).includes(id))).toBe(false);
  });
});
