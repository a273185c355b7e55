import { afterEach, describe, expect, test } from "vitest";
import { openWorld, ready, type TestHouse, until, type World } from "../support/test-house.ts";
import {
  ask,
  codeAt,
  type Desk,
  link,
  meet,
  ONE_NUMBER,
  phoneDesk,
  pooled,
  roomDesk,
  saidAt,
  TWO_NUMBERS,
  UNHURRIED,
} from "./linking.ts";
import { dieWhile } from "./mortal.ts";

let world: World;
afterEach(() => world.close());

const user: Desk = roomDesk("@leo.canary:example.org");
const SELLER = "@ana.canary:example.org";
/** How many calls of Redis apart the deaths are, and how many there are. */
const [APART, DEATHS] = [4, 16];

async function end(house: TestHouse): Promise<void> {
  house.pipeline.legs.abort();
  await house.stop();
}

describe("a daemon that is killed", () => {
  test("at any step of linking and of unlinking finishes it: each side is told once, and what is written arrives", async () => {
    world = await openWorld({ limits: UNHURRIED });
    let house = await world.open();
    await ready(world);
    for (let i = 0; i < DEATHS; i++) {
      const at = 1 + i * APART;
      const guest = phoneDesk(`+3519120000${String(i).padStart(2, "0")}`);
      const { room, portal } = await meet(house, SELLER, guest.from);
      await ask(world, house, guest, await codeAt(world, house, user));
      const asked = saidAt(world, user).length;
      await ask(world, house, guest, "1");
      await until(() => saidAt(world, user).length > asked);
      await end(house);
      const [here, there] = [saidAt(world, user).length, saidAt(world, guest).length];
      const linked = () => saidAt(world, user).length > here && saidAt(world, guest).length > there;
      house = await dieWhile(world, user, "1", at, linked);
      expect(
        [saidAt(world, user).at(-1), saidAt(world, guest).at(-1)].map((text) => text?.slice(0, 7)),
      ).toEqual(["Linked:", "Linked:"]);
      await house.say("rooms", "down", { chat: room, from: SELLER });
      await until(() => world.phones.texts(portal).includes("down"));
      await end(house);
      const before = [saidAt(world, user).length, saidAt(world, guest).length] as const;
      const unlinked = () =>
        saidAt(world, user).length > before[0] && saidAt(world, guest).length > before[1];
      house = await dieWhile(world, user, "unlink sms", at, unlinked);
      expect(saidAt(world, user).at(-1)).toMatch(/^Unlinked\. /);
      expect(saidAt(world, guest).at(-1)).toMatch(/^Unlinked by/);
      expect(saidAt(world, user).length).toBe(before[0] + 1);
      expect(saidAt(world, guest).length).toBe(before[1] + 1);
      await until(() => world.rooms.texts(room).includes("This conversation has ended."));
      expect(world.rooms.texts(room)).toHaveLength(1);
      expect(world.phones.texts(portal)).toEqual(["down"]);
    }
  }, 60_000);

  test.each([
    ["a number", TWO_NUMBERS],
    ["a place in its chat with the bridge", ONE_NUMBER],
  ])(
    "while it gives a linked phone %s gives it once, and each text arrives once or its writer is asked",
    async (_, presence) => {
      world = await openWorld({ pairs: 0, limits: UNHURRIED, presence });
      for (let at = 1; at <= DEATHS; at++) {
        const of = (digit: number) => `+35191${digit}0000${String(at).padStart(2, "0")}`;
        const [seller, phone] = [roomDesk(`@ana${at}.canary:example.org`), phoneDesk(of(3))];
        let house = await world.open();
        const { portal } = await meet(house, seller.from, of(2));
        await link(world, house, seller, phone);
        await ask(world, house, seller, "prefer sms");
        await end(house);
        const chat = presence === TWO_NUMBERS ? pooled(phone.from) : phone.chat;
        const read = () => world.phones.texts(chat).slice(presence === TWO_NUMBERS ? 0 : 3);
        const buyer: Desk = { side: "phones", from: of(2), chat: portal };
        // What was on its way to a phone as the process died isn't sent again: nobody knows whether it arrived.
        const isAsked = () =>
          world.phones.texts(portal).some((text) => text.startsWith("Maybe not delivered"));
        house = await dieWhile(world, buyer, "hello", at, () => read().includes("hello") || isAsked());
        await house.say("phones", "are you there?", { chat: portal, from: of(2) });
        await until(() => read().includes("are you there?"));
        const [told, came] = ["Amber Fox · bike goes on", "hello"].map((start) =>
          read().filter((text) => text.startsWith(start)),
        );
        expect(told?.length).toBeLessThanOrEqual(1);
        expect(came?.length).toBeLessThanOrEqual(1);
        if (!isAsked()) expect(came).toEqual(["hello"]);
        expect(read()).toEqual([...(told ?? []), ...(came ?? []), "are you there?"]);
        await house.say("phones", "yes", { chat, from: phone.from });
        await until(() => world.phones.texts(portal).includes("yes"));
        await end(house);
      }
    },
    60_000,
  );
});
