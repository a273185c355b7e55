// `/groups on`, on a network where one chat holds all conversations of somebody, and which has groups beside.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sensitive } from "../../src/model/sensitive.ts";
import { HOUR } from "../../src/model/time.ts";
import { answers, isKind } from "../support/scripted-account.ts";
import { end, openWorld, type TestHouse, until, type World } from "../support/test-house.ts";
import { ask, type Desk, ONE_NUMBER, phoneDesk, roomDesk, saidAt, UNHURRIED } from "./linking.ts";
import { dieWhile } from "./mortal.ts";

const OFFER = "Want each conversation as its own group? Send /groups on.";
const HOP = "Weakest hop: SMS, not encrypted. Matrix can't be recalled. /help";
const NO_GROUP = answers({ kind: "refused", reason: "forbidden", scope: "portal" });

let world: World;
let house: TestHouse;
const seller = phoneDesk("+351912000001");
beforeEach(async () => {
  world = await openWorld({
    ...{ pairs: 0, limits: UNHURRIED, presence: ONE_NUMBER },
    phones: { groups: true, repeatSafe: 24 * HOUR },
  });
  house = await world.open();
});
afterEach(() => world.close());

const types = ({ side, chat, from }: Desk, text: string) => house.say(side, text, { chat, from });
const all = ({ chat, side }: Desk) => world[side].texts(chat);
const idle = () => until(() => house.pipeline.lanes.size === 0 && house.pipeline.legs.size === 0);
const reads = async (desk: Desk, text: string) => until(() => all(desk).includes(text));

/** The newest group or room of a title that somebody is in. */
function roomOf({ from, side }: Desk, title: string): Desk {
  const found = [...world[side].titles].findLast(([, each]) => each.to === from && each.title === title);
  if (found === undefined) throw new Error(`${from} is in nothing that is called ${title}`);
  return { side, from, chat: found[0] };
}

/** Somebody on Matrix writes to a handle of the seller's, who accepts; gives where they talk. */
async function meets(who: string, label: string, text: string): Promise<{ room: Desk; name: string }> {
  const buyer = roomDesk(`@${who}.canary:example.org`);
  const handle = await ask(
    world,
    house,
    seller,
    all(seller).length === 0 ? `handle new ${label}` : `/handle new ${label}`,
  );
  const asked = saidAt(world, seller).length;
  await types(buyer, `${/: (\S+)\. Put/.exec(handle)?.[1]} ${text}`);
  await until(() => saidAt(world, seller).length > asked);
  const name =
    new RegExp(`for "${label}" from ([^(]+) \\(`).exec(saidAt(world, seller).at(-1) ?? "")?.[1] ?? "";
  await types(seller, "1");
  await until(() => all(buyer).some((line) => line.startsWith(`"${label}" accepted`)));
  await idle();
  return { room: roomOf(buyer, label), name };
}

describe("a chat that holds all conversations of somebody", () => {
  test("offers groups once, with the second conversation that is open", async () => {
    const { name: first } = await meets("ana", "bike", "is it there?");
    expect(all(seller)).not.toContain(OFFER);
    const { name: second } = await meets("leo", "lamp", "how tall?");
    expect(all(seller).slice(-4)).toEqual([
      `Accepted. ${second} writes to you here.`,
      `${second} · lamp: how tall?`,
      HOP,
      OFFER,
    ]);
    await meets("kim", "desk", "how wide?");
    expect(all(seller).filter((text) => text === OFFER)).toHaveLength(1);
    expect(first).not.toBe(second);
  });

  test("gives each of them a group when its person wants it, and the chat is the bridge's own again", async () => {
    const ana = await meets("ana", "bike", "is it there?");
    const leo = await meets("leo", "lamp", "how tall?");
    expect(await ask(world, house, seller, "/groups on")).toBe(
      `Each conversation gets its own group: ${ana.name} · bike, ${leo.name} · lamp. "/groups off" undoes it.`,
    );
    await until(() => world.phones.titles.size === 2);
    await idle();
    const [bike, lamp] = [roomOf(seller, `${ana.name} · bike`), roomOf(seller, `${leo.name} · lamp`)];
    expect(all(bike)).toEqual([`${ana.name} · bike goes on here. What you write here goes to them.`]);
    await types(ana.room, "still there?");
    await reads(bike, "still there?");
    await types(lamp, "40 cm");
    await reads(leo.room, "40 cm");
    await types(bike, "yes");
    await reads(ana.room, "yes");
    expect(all(ana.room)).not.toContain("40 cm");
    expect(all(leo.room)).not.toContain("yes");
    expect(await ask(world, house, seller, "list")).toBe("No conversation is open in this chat.");
    expect(all(seller)).not.toContain("still there?");
  });

  test("takes an answer to an older text of a conversation that is in a group by now, and brings it there", async () => {
    const ana = await meets("ana", "bike", "is it there?");
    const [old] = world.phones.shown.filter(({ text }) => text === "is it there?");
    await ask(world, house, seller, "/groups on");
    await house.say("phones", "", {
      ...{ chat: seller.chat, from: seller.from },
      body: {
        ...{ kind: "message", content: { kind: "text", text: "yes, it is" } },
        replyTo: sensitive(old?.ref ?? ""),
      },
    });
    await reads(ana.room, "yes, it is");
    await types(ana.room, "hello?");
    await until(() => all(roomOf(seller, `${ana.name} · bike`)).includes("hello?"));
  });

  test("goes on holding them when its person wants that again; the groups are left", async () => {
    const ana = await meets("ana", "bike", "is it there?");
    await ask(world, house, seller, "/groups on");
    await until(() => world.phones.titles.size === 1);
    await idle();
    expect(await ask(world, house, seller, "groups off")).toBe(
      `Conversations are in this chat again: ${ana.name} · bike.`,
    );
    await until(() => world.phones.kinds.includes("closePortal"));
    await types(ana.room, "hello?");
    await reads(seller, "hello?");
    await types(seller, "here I am");
    await reads(ana.room, "here I am");
    // And once more: another group, since the first one was left.
    await ask(world, house, seller, "/groups on");
    await until(() => world.phones.titles.size === 2);
    await types(ana.room, "are you?");
    await until(() => all(roomOf(seller, `${ana.name} · bike`)).includes("are you?"));
  });

  test("is where it is said that a text came too late for a group that is given up", async () => {
    const ana = await meets("ana", "bike", "is it there?");
    await ask(world, house, seller, "/groups on");
    await until(() => world.phones.titles.size === 1);
    await idle();
    const group = roomOf(seller, `${ana.name} · bike`);
    await ask(world, house, seller, "groups off");
    await types(group, "come at six");
    await reads(seller, `Not sent: the group "${ana.name} · bike" isn't in use any more.`);
    await idle();
    expect(all(ana.room)).not.toContain("come at six");
  });

  test("isn't where a new conversation begins for who wants groups", async () => {
    expect(await ask(world, house, seller, "groups on")).toBe(
      'From now on each conversation gets its own group. "/groups off" undoes it.',
    );
    const { name, room } = await meets("ana", "bike", "is it there?");
    expect(all(seller).at(-1)).toBe(`Accepted. The conversation is in the group "${name} · bike".`);
    const group = roomOf(seller, `${name} · bike`);
    expect(all(group)).toEqual(["is it there?", HOP]);
    await types(group, "yes");
    await reads(room, "yes");
    expect(all(seller)).not.toContain(OFFER);
  });

  test("isn't where a guest who wants groups talks with the one who accepted", async () => {
    const owner = roomDesk("@owner.canary:example.org");
    const guest = seller;
    await ask(world, house, guest, "groups on");
    const handle = await ask(world, house, owner, "handle new bike");
    await ask(world, house, guest, `${/: (\S+)\. Put/.exec(handle)?.[1]} is it there?`);
    await until(() => all(owner).some((text) => text.startsWith("Request 1")));
    await types(owner, "1");
    await reads(guest, '"bike" accepted. The conversation is in the group "bike".');
    await idle();
    const [title = ""] = [...world.rooms.titles.values()].map((each) => each.title);
    await types(roomOf(owner, title), "yes, it is");
    await until(() => all(roomOf(guest, "bike")).includes("yes, it is"));
    await types(roomOf(guest, "bike"), "I'll come");
    await reads(roomOf(owner, title), "I'll come");
    expect(await ask(world, house, guest, "list")).toBe("No conversation is open in this chat.");
  });
});

describe("where no group can be made", () => {
  test("a conversation begins in the chat all the same, with all that was said, and that is told", async () => {
    await ask(world, house, seller, "groups on");
    world.phones.always(NO_GROUP, isKind("openPortal"));
    const { name, room } = await meets("ana", "bike", "is it there?");
    await reads(seller, "is it there?");
    expect(all(seller)).toContain(
      `I couldn't make a group for ${name} · bike: it goes on here. Who may add you to groups stands in your app's settings.`,
    );
    await types(seller, "yes");
    await reads(room, "yes");
    await types(room, "I come");
    await reads(seller, "I come");
    expect(all(room)).not.toContain("Not delivered");
  });

  test("several go on in the chat, with names before their texts", async () => {
    const ana = await meets("ana", "bike", "is it there?");
    const leo = await meets("leo", "lamp", "how tall?");
    world.phones.always(NO_GROUP, isKind("openPortal"));
    await ask(world, house, seller, "/groups on");
    await until(() => all(seller).filter((text) => text.startsWith("I couldn't make a group")).length === 2);
    await Promise.all([types(ana.room, "one"), types(leo.room, "two")]);
    await reads(seller, `${ana.name} · bike: one`);
    await reads(seller, `${leo.name} · lamp: two`);
    expect(await ask(world, house, seller, "/list")).toContain("Open here: 1 ");
  });

  test("who has left a group and can't be asked in again is reached in the chat", async () => {
    const ana = await meets("ana", "bike", "is it there?");
    await ask(world, house, seller, "/groups on");
    await until(() => world.phones.titles.size === 1);
    await idle();
    const group = roomOf(seller, `${ana.name} · bike`);
    await house.say("phones", "", {
      ...{ chat: group.chat, from: group.from },
      body: { kind: "membership", change: "left" },
    });
    world.phones.always(NO_GROUP, isKind("openPortal"));
    await types(ana.room, "hello?");
    await reads(seller, "hello?");
    await types(seller, "in this chat, please");
    await reads(ana.room, "in this chat, please");
  });
});

test("a block ends it in a group as anywhere, and undone it goes on in the group", async () => {
  const ana = await meets("ana", "bike", "is it there?");
  await ask(world, house, seller, "/groups on");
  await until(() => world.phones.titles.size === 1);
  await idle();
  const group = roomOf(seller, `${ana.name} · bike`);
  await types(group, "/block");
  await until(() => all(group).some((text) => text.startsWith("Blocked,")));
  await types(ana.room, "hello?");
  await types(group, `/unblock ${ana.name}`);
  await until(() => all(group).some((text) => text.startsWith("Unblocked")));
  await types(ana.room, "hello again?");
  await reads(group, "hello again?");
  expect(all(group)).not.toContain("hello?");
  expect(await ask(world, house, seller, "list")).toBe("No conversation is open in this chat.");
});

test("each conversation has one group, also where the daemon is killed while it is made or given up", async () => {
  const ana = await meets("ana", "bike", "is it there?");
  const title = `${ana.name} · bike`;
  const opened = () => world.phones.performed.filter(({ operation }) => operation.kind === "openPortal");
  for (let at = 1; at <= 14; at++) {
    await end(house);
    const on = saidAt(world, seller).length;
    house = await dieWhile(world, seller, "/groups on", at, () => saidAt(world, seller).length > on);
    await types(ana.room, `in the group ${at}`);
    await until(() => all(roomOf(seller, title)).includes(`in the group ${at}`));
    await types(roomOf(seller, title), `from the group ${at}`);
    await reads(ana.room, `from the group ${at}`);
    expect(saidAt(world, seller).slice(on)).toEqual([
      `Each conversation gets its own group: ${title}. "/groups off" undoes it.`,
    ]);
    // One for each time: tried again, it has the same name.
    expect(world.phones.titles.size).toBe(at);
    await end(house);
    const off = saidAt(world, seller).length;
    house = await dieWhile(world, seller, "/groups off", at, () => saidAt(world, seller).length > off);
    await types(ana.room, `in the chat ${at}`);
    await reads(seller, `in the chat ${at}`);
    expect(saidAt(world, seller).slice(off)).toEqual([`Conversations are in this chat again: ${title}.`]);
  }
  expect(new Set(opened().map(({ operation }) => "alias" in operation && operation.alias)).size).toBe(14);
}, 60_000);

test("a group that is made after a crash while it was given up leaves its conversation to nobody else", async () => {
  const ana = await meets("ana", "bike", "is it there?");
  const title = `${ana.name} · bike`;
  for (let at = 17; at <= 22; at++) {
    await end(house);
    world.phones.clear();
    world.phones.next(NO_GROUP, isKind("openPortal"));
    const on = saidAt(world, seller).length;
    house = await dieWhile(world, seller, "/groups on", at, () => saidAt(world, seller).length > on);
    await types(ana.room, `hello ${at}`);
    const found = () => world.phones.shown.filter(({ text }) => text.endsWith(`hello ${at}`));
    await until(() => found().length > 0);
    await idle();
    const isInChat = found()[0]?.portal === seller.chat;
    expect(found()).toHaveLength(1);
    expect(await ask(world, house, seller, "/list")).toContain(
      isInChat ? `Open here: 1 ${title}` : "No conversation is open in this chat.",
    );
    await ask(world, house, seller, "/groups off");
    await idle();
  }
}, 60_000);
