// A request is accepted while its guest moves between accounts, or one of them leaves; and by a daemon that is killed.

import { afterEach, describe, expect, test } from "vitest";
import { aWhile, openWorld, type TestHouse, until, type World } from "../support/test-house.ts";
import {
  ask,
  type Desk,
  link,
  phoneDesk,
  roomDesk,
  saidAt,
  spoken,
  TWO_NUMBERS,
  UNHURRIED,
} from "./linking.ts";
import { dieWhile } from "./mortal.ts";

const ACCEPTED = '"bike" accepted. The conversation is in the room "bike".';

let world: World;
let house: TestHouse;
afterEach(() => world.close());

/** A seller, and a buyer who wrote from a phone and has a laptop linked with it; one of each for every try. */
interface People {
  readonly seller: Desk;
  readonly buyer: Desk;
  readonly laptop: Desk;
  readonly code: string;
}

async function begin(): Promise<void> {
  world = await openWorld({
    pairs: 0,
    limits: UNHURRIED,
    presence: TWO_NUMBERS,
    phones: { optOutWords: true },
  });
  house = await world.open();
}

/** A new handle's code. */
async function handleOf(seller: Desk): Promise<string> {
  const handle = await ask(world, house, seller, "handle new bike");
  return /: (\S+)\. Put/.exec(handle)?.[1] ?? "";
}

async function requested(n: number): Promise<People> {
  const [seller, laptop] = ["seller", "laptop"].map((who) => roomDesk(`@${who}${n}.canary:example.org`));
  const buyer = phoneDesk(`+3519120000${String(n).padStart(2, "0")}`);
  if (seller === undefined || laptop === undefined) throw new Error("two names make two desks");
  const code = await handleOf(seller);
  const asked = saidAt(world, seller).length;
  await ask(world, house, buyer, `${code} is it there?`);
  await until(() => saidAt(world, seller).length > asked);
  await link(world, house, laptop, buyer);
  return { seller, buyer, laptop, code };
}

const types = ({ side, chat, from }: Desk, text: string) => house.say(side, text, { chat, from });
const roomOf = ({ from }: Desk) => world.rooms.opened.get(from) ?? "";
const readIn = (room: string) => (room === "" ? [] : world.rooms.texts(room));
const idle = () => until(() => house.pipeline.lanes.size === 0 && house.pipeline.legs.size === 0);
const saysAt = async (desk: Desk, start: string) => {
  await until(() => saidAt(world, desk).some((text) => text.startsWith(start)));
};

describe("accepting a request", () => {
  test("at the moment in which its guest moves reaches them in one place, and tells them once", async () => {
    await begin();
    for (let i = 0; i < 12; i++) {
      const { seller, buyer, laptop } = await requested(i);
      await Promise.all([types(seller, "1"), aWhile(i).then(() => types(laptop, "prefer matrix, sms"))]);
      await saysAt(seller, "Accepted.");
      await saysAt(laptop, "Messages reach you by your preference");
      await idle();
      await types({ ...seller, chat: roomOf(seller) }, "come at six");
      await until(() => readIn(roomOf(laptop)).includes("come at six"));
      await idle();
      const told = [...saidAt(world, buyer), ...saidAt(world, laptop)];
      expect(told.filter((text) => text.startsWith('"bike" accepted.'))).toHaveLength(1);
      expect(world.phones.texts(buyer.chat)).not.toContain("come at six");
      await types({ ...laptop, chat: roomOf(laptop) }, "at six");
      await until(() => readIn(roomOf(seller)).includes("at six"));
      expect(spoken(readIn(roomOf(seller)))).toEqual(["is it there?", "at six"]);
    }
  });

  test("while its guest writes takes what they write along, and doesn't lead back to where they asked", async () => {
    await begin();
    for (let i = 0; i < 12; i++) {
      const [seller, guest] = [
        roomDesk(`@owner${i}.canary:example.org`),
        roomDesk(`@guest${i}.canary:example.org`),
      ];
      const code = await handleOf(seller);
      const asked = saidAt(world, seller).length;
      await ask(world, house, guest, `${code} one`);
      await until(() => saidAt(world, seller).length > asked);
      const writes = async () => {
        await types(guest, "two");
        await types(guest, `${code} three`);
        await types(guest, `${code} four`);
      };
      await Promise.all([writes(), aWhile(i).then(() => types(seller, "1"))]);
      await saysAt(guest, '"bike" accepted.');
      const read = () => spoken(readIn(roomOf(seller)));
      await until(() => read().includes("four"));
      await idle();
      // A control room is one again as soon as nothing waits there: a text without the code may come too late.
      expect(read().filter((text) => text !== "two")).toEqual(["one", "three", "four"]);
      await types({ ...seller, chat: roomOf(seller) }, "where?");
      await until(() => readIn(roomOf(guest)).includes("where?"));
      expect(world.rooms.texts(guest.chat)).not.toContain("where?");
    }
  });

  test("at the moment in which the guest's other account is unlinked reaches nobody there once that is confirmed", async () => {
    await begin();
    for (let i = 0; i < 16; i++) {
      const { seller, buyer, laptop } = await requested(i);
      await ask(world, house, laptop, "prefer matrix, sms");
      let seen: number | undefined;
      await Promise.all([
        types(seller, "1"),
        aWhile(i).then(() => types(laptop, "unlink")),
        saysAt(laptop, "Unlinked.").then(() => {
          seen = readIn(roomOf(laptop)).length;
        }),
      ]);
      await saysAt(seller, "Accepted.");
      await idle();
      await types({ ...seller, chat: roomOf(seller) }, "come at six");
      // It goes on at the phone, or was at the laptop alone already and has ended.
      const goesOn = () => world.phones.texts(buyer.chat).includes("come at six");
      await until(() => goesOn() || readIn(roomOf(seller)).includes("This conversation has ended."));
      await idle();
      expect(readIn(roomOf(laptop)).length).toBe(seen);
      if (!goesOn()) continue;
      await types(buyer, "at six");
      await until(() => readIn(roomOf(seller)).includes("at six"));
    }
  });

  test("at the moment in which the owner's account that answered is unlinked tells nothing to it after that is confirmed", async () => {
    await begin();
    for (let i = 0; i < 16; i++) {
      const { seller, buyer } = await requested(i);
      const phone = phoneDesk(`+3519130000${String(i).padStart(2, "0")}`);
      await link(world, house, seller, phone);
      let seen: number | undefined;
      const read = () => world.phones.shown.filter(({ portal }) => portal.endsWith(phone.from)).length;
      await ask(world, house, phone, "requests");
      await Promise.all([
        types(phone, "1"),
        aWhile(i).then(() => types(seller, "unlink sms")),
        saysAt(phone, "Unlinked by").then(() => {
          seen = read();
        }),
      ]);
      await saysAt(seller, "Unlinked.");
      await idle();
      const before = world.phones.texts(buyer.chat).length;
      await types(buyer, "are you there?");
      await until(() => world.phones.texts(buyer.chat).length > before || saidAt(world, buyer).length > 0);
      await idle();
      // What was queued for it before is all that may still come: nothing that the guest wrote afterwards.
      expect(
        world.phones.shown.some(
          ({ portal, text }) => portal.endsWith(phone.from) && text === "are you there?",
        ),
      ).toBe(false);
      expect(seen).toBeDefined();
    }
  });

  test("is finished by the next daemon when this one is killed at any step: each text comes once, or its writer is asked", async () => {
    await begin();
    for (let at = 1; at <= 40; at += 2) {
      const people = await requested(at);
      await ask(world, house, people.laptop, "prefer matrix, sms");
      house.pipeline.legs.abort();
      await house.stop();
      const { seller, laptop } = people;
      const isThere = () => saidAt(world, seller).some((text) => text.startsWith("Accepted."));
      house = await dieWhile(
        world,
        seller,
        "1",
        at,
        () => isThere() && saidAt(world, laptop).includes(ACCEPTED),
      );
      await until(() => readIn(roomOf(laptop)).length > 0 && readIn(roomOf(seller)).length > 1);
      await types({ ...laptop, chat: roomOf(laptop) }, "at six");
      await until(() => readIn(roomOf(seller)).includes("at six"));
      expect(spoken(readIn(roomOf(seller)))).toEqual(["is it there?", "at six"]);
      expect(saidAt(world, laptop).filter((text) => text === ACCEPTED)).toHaveLength(1);
      expect(saidAt(world, seller).filter((text) => text.startsWith("Accepted."))).toHaveLength(1);
    }
  }, 60_000);
});
