import { afterAll, beforeAll, expect, test } from "vitest";
import type { Operation, PortalRef } from "../../../src/adapter/index.ts";
import { deliveryId, done, MemoryAttempt, portalAlias } from "../../support/account-host.ts";
import type { Fault } from "../../support/homeserver.ts";
import type { Call } from "../../support/homeserver-routes.ts";
import { end, openFor, openOperation, roomOf, type Stage, sendOperation, stage } from "./setup.ts";

const ANA = "@ana:localhost";
let one: Stage;

beforeAll(async () => {
  one = await stage({ requestTimeoutMs: 300 });
});

afterAll(async () => {
  await end(one);
});

/** What a room looks like from outside. */
function look(id: string, alias: string): object {
  const room = roomOf(one.homeserver, id);
  const content = (type: string, key = ""): unknown => room.state.get(`${type} ${key}`)?.content;
  return {
    user: one.homeserver.state.membership(room, ANA),
    ghost: one.homeserver.state.membership(room, `@_fb_${alias}:localhost`),
    bot: one.homeserver.state.membership(room, "@footbridge:localhost"),
    name: content("m.room.name"),
    alias: one.homeserver.state.aliases.get(`#_fb_${alias}:localhost`) === id,
    hasPower: content("m.room.power_levels") !== undefined,
    bridge: content("m.bridge", `footbridge://${alias}`) !== undefined,
    isDirect: (content("m.room.member", ANA) as { is_direct?: boolean } | undefined)?.is_direct,
  };
}

const WHOLE = {
  user: "invite",
  ghost: "join",
  bot: "join",
  name: { name: "Amber Fox" },
  alias: true,
  hasPower: true,
  bridge: true,
  isDirect: true,
};

/** Rooms in which the user is or is asked to be. */
function roomsOf(user: string): string[] {
  const rooms = [...one.homeserver.state.rooms.values()];
  return rooms
    .filter((room) => one.homeserver.state.membership(room, user) !== undefined)
    .map(({ id }) => id);
}

test("a portal is a direct chat with a ghost of its own, the bot in it, nothing native in its state", async () => {
  const alias = portalAlias();
  const { opened, refs } = done(await one.account.perform(openOperation(ANA, alias), new MemoryAttempt()));
  const room = opened?.chat.expose() ?? "";
  expect(refs).toEqual([]);
  expect(look(room, alias)).toEqual(WHOLE);
  expect(JSON.parse(opened?.portal.expose() ?? "")).toEqual({
    room,
    ghost: `@_fb_${alias}:localhost`,
    device: "FOOTBRIDGE",
  });
});

test("a room has the portal's title, where it has one", async () => {
  const alias = portalAlias();
  const operation = openOperation("@titled:localhost", alias);
  const profile = { name: "Amber Fox", title: "Amber Fox · bike" };
  const open = { ...operation, profile } as typeof operation; // still one that opens a portal
  const { opened } = done(await one.account.perform(open, new MemoryAttempt()));
  expect(look(opened?.chat.expose() ?? "", alias)).toMatchObject({ name: { name: "Amber Fox · bike" } });
});

test("opening the same portal again gives the same room", async () => {
  const alias = portalAlias();
  const operation = openOperation("@twice:localhost", alias);
  const first = done(await one.account.perform(operation, new MemoryAttempt()));
  const second = done(await one.account.perform(operation, new MemoryAttempt()));
  expect(second.opened?.portal.expose()).toBe(first.opened?.portal.expose());
  expect(roomsOf("@twice:localhost")).toHaveLength(1);
});

const STEPS: readonly (readonly [string, (call: Call) => boolean])[] = [
  ["registering the ghost", ({ path }) => path[0] === "register"],
  ["naming it", ({ path }) => path[0] === "profile"],
  ["making its device", ({ path }) => path[0] === "devices"],
  ["making the room", ({ path }) => path[0] === "createRoom"],
  ["the ghost's join", ({ path }) => path[0] === "join"],
];
const FAULTS: readonly (readonly [string, Fault])[] = [
  ["fails before it", { kind: "status", status: 503, after: "before" }],
  ["fails after it", { kind: "status", status: 502, after: "done" }],
  ["breaks off after it, twice", { kind: "break", after: "done" }],
  ["never answers", { kind: "hang" }],
];
const CRASHES = STEPS.flatMap(([step, fits]) =>
  FAULTS.map(([how, fault]) => [step, how, fits, fault] as const),
);

test.each(CRASHES)("%s %s: the next try ends with one whole room", async (_step, _how, fits, fault) => {
  const alias = portalAlias();
  const user = `@crash-${alias}:localhost`;
  const operation = openOperation(user, alias);
  one.homeserver.fail(fits, fault, fault.kind === "break" ? 2 : 1);
  const first = await one.account.perform(operation, new MemoryAttempt());
  expect(first.kind).toBe("unknown");
  one.homeserver.heal();
  const { opened } = done(await one.account.perform(operation, new MemoryAttempt()));
  const room = opened?.chat.expose() ?? "";
  expect(roomsOf(user)).toEqual([room]);
  expect(look(room, alias)).toMatchObject({ ghost: "join", bot: "join", alias: true, bridge: true });
});

test.each([
  ["nothing but its creation", ["m.room.create", "m.room.member @footbridge:localhost"]],
  [
    "no name, no bridge state, no invites",
    ["m.room.create", "m.room.member @footbridge:localhost", "m.room.power_levels", "m.room.join_rules"],
  ],
])("a half-made room with %s is mended, not made twice", async (_name, kept) => {
  const alias = portalAlias();
  const { room: id } = await openFor(one, ANA, alias);
  const room = roomOf(one.homeserver, id);
  for (const key of [...room.state.keys()])
    if (!kept.some((start) => key.startsWith(start))) room.state.delete(key);
  const { opened } = done(await one.account.perform(openOperation(ANA, alias), new MemoryAttempt()));
  expect(opened?.chat.expose()).toBe(id);
  expect(look(id, alias)).toEqual(WHOLE);
});

test("an alias that leads to a room nobody of ours is in is taken back for a new room", async () => {
  const alias = portalAlias();
  const stranded = one.homeserver.state.makeRoom();
  one.homeserver.state.aliases.set(`#_fb_${alias}:localhost`, stranded.id);
  const { opened } = done(await one.account.perform(openOperation(ANA, alias), new MemoryAttempt()));
  expect(opened?.chat.expose()).not.toBe(stranded.id);
  expect(look(opened?.chat.expose() ?? "", alias)).toEqual(WHOLE);
});

/** A room in which the bot speaks by itself. */
async function openOwn(user: string, alias: string): Promise<{ room: string; portal: PortalRef }> {
  const operation = { ...openOperation(user, alias), profile: "bridge" } as Operation; // still one that opens a portal
  const { opened } = done(await one.account.perform(operation, new MemoryAttempt()));
  if (opened === undefined) throw new Error("an opened portal has a ref");
  return { room: opened.chat.expose(), portal: opened.portal };
}

const OWN = { ...WHOLE, ghost: undefined, name: { name: "Footbridge" }, bridge: false };

test("a portal of the bridge's own is a direct chat with the bot, called as it is, not encrypted, with nobody else in it", async () => {
  const alias = portalAlias();
  const { room, portal } = await openOwn(ANA, alias);
  expect(look(room, alias)).toEqual(OWN);
  expect([...roomOf(one.homeserver, room).state.keys()]).not.toContain("m.room.encryption ");
  one.homeserver.userJoins(room, ANA);
  const content = { kind: "notice", text: "Here I am." } as const;
  done(await one.account.perform(sendOperation(portal, "", { content }), new MemoryAttempt()));
  expect(one.homeserver.shown(room)).toMatchObject([{ sender: "@footbridge:localhost", body: "Here I am." }]);
});

test.each(FAULTS)(
  "making a room of the bot's own %s: the next try ends with one whole room",
  async (_how, fault) => {
    const alias = portalAlias();
    const user = `@own-${alias}:localhost`;
    const operation = { ...openOperation(user, alias), profile: "bridge" } as Operation; // still one that opens a portal
    one.homeserver.fail(({ path }) => path[0] === "createRoom", fault, fault.kind === "break" ? 2 : 1);
    expect((await one.account.perform(operation, new MemoryAttempt())).kind).toBe("unknown");
    one.homeserver.heal();
    const { room } = await openOwn(user, alias);
    expect(roomsOf(user)).toEqual([room]);
  },
);

test("a half-made room of the bot's own is mended; who has left it is asked in again, who is in it isn't", async () => {
  const alias = portalAlias();
  const { room: id } = await openOwn(ANA, alias);
  const room = roomOf(one.homeserver, id);
  const kept = ["m.room.create ", "m.room.member @footbridge:localhost"];
  for (const key of [...room.state.keys()]) if (!kept.includes(key)) room.state.delete(key);
  expect((await openOwn(ANA, alias)).room).toBe(id);
  expect(look(id, alias)).toEqual(OWN);
  one.homeserver.userJoins(id, ANA);
  await openOwn(ANA, alias);
  expect(look(id, alias)).toMatchObject({ user: "join" });
  one.homeserver.userLeaves(id, ANA);
  await openOwn(ANA, alias);
  expect(look(id, alias)).toEqual(OWN);
});

test("a portal of the bridge's own is closed with its alias, opened anew after that, and never renamed", async () => {
  const alias = portalAlias();
  const { room, portal } = await openOwn(ANA, alias);
  const rename = { kind: "updatePortal", id: deliveryId(), portal, profile: { name: "Ana" } } as const;
  expect((await one.account.perform(rename, new MemoryAttempt())).kind).toBe("refused");
  const close = { kind: "closePortal", id: deliveryId(), portal } as const;
  for (let times = 0; times < 2; times++) done(await one.account.perform(close, new MemoryAttempt()));
  expect(look(room, alias)).toMatchObject({ bot: "leave", alias: false });
  const again = await openOwn(ANA, alias);
  expect(again.room).not.toBe(room);
  expect(look(again.room, alias)).toEqual(OWN);
});

test("a user who left is asked in again when the portal is opened for the next message; one who is banned isn't", async () => {
  const { room, alias } = await openFor(one, ANA);
  one.homeserver.userLeaves(room, ANA);
  await openFor(one, ANA, alias);
  expect(look(room, alias)).toMatchObject({ user: "join" });
  one.homeserver.state.setMembership(roomOf(one.homeserver, room), ANA, ANA, "ban");
  await openFor(one, ANA, alias);
  expect(look(room, alias)).toMatchObject({ user: "ban" });
});

test("an address that is none is refused without a request", async () => {
  const tried = new MemoryAttempt();
  const outcome = await one.account.perform(openOperation("+15550100", portalAlias()), tried);
  expect(outcome).toEqual({ kind: "refused", reason: "unreachable", scope: "delivery" });
  expect(tried.steps).toEqual([]);
});

test("renaming changes the ghost and the room", async () => {
  const { portal, room } = await openFor(one, ANA);
  const operation = { kind: "updatePortal", id: deliveryId(), portal, profile: { name: "Ana" } } as const;
  done(await one.account.perform(operation, new MemoryAttempt()));
  expect(roomOf(one.homeserver, room).state.get("m.room.name ")?.content).toEqual({ name: "Ana" });
});

test("closing makes ghost and bot leave and frees the alias, and may come again", async () => {
  const { portal, room, alias } = await openFor(one, ANA);
  const operation = { kind: "closePortal", id: deliveryId(), portal } as const;
  done(await one.account.perform(operation, new MemoryAttempt()));
  done(await one.account.perform(operation, new MemoryAttempt()));
  expect(look(room, alias)).toMatchObject({ ghost: "leave", bot: "leave", alias: false, user: "join" });
});

test("a ghost that fell out of its room comes back and the text arrives", async () => {
  const { portal, room, alias } = await openFor(one, ANA);
  one.homeserver.userLeaves(room, `@_fb_${alias}:localhost`);
  done(await one.account.perform(sendOperation(portal, "still here"), new MemoryAttempt()));
  expect(one.homeserver.shown(room).map(({ body }) => body)).toEqual(["still here"]);
});

test("a device that is gone is made again and the text arrives", async () => {
  const { portal, room, alias } = await openFor(one, ANA);
  one.homeserver.state.devices.delete(`@_fb_${alias}:localhost FOOTBRIDGE`);
  done(await one.account.perform(sendOperation(portal, "still here"), new MemoryAttempt()));
  expect(one.homeserver.shown(room)).toHaveLength(1);
});

test("a room that we can't get back into refuses the text, and only this portal's", async () => {
  const { portal, room, alias } = await openFor(one, ANA);
  one.homeserver.userLeaves(room, `@_fb_${alias}:localhost`);
  one.homeserver.userLeaves(room, "@footbridge:localhost");
  const outcome = await one.account.perform(sendOperation(portal, "x"), new MemoryAttempt());
  expect(outcome).toEqual({ kind: "refused", reason: "forbidden", scope: "portal" });
});

test("a portal that isn't one of ours is refused", async () => {
  const { portal } = await openFor(one, ANA);
  for (const text of ["", "null", "{}", '{"room":1}']) {
    const outcome = await one.account.perform(
      sendOperation(
        portal.map(() => text),
        "x",
      ),
      new MemoryAttempt(),
    );
    expect(outcome).toMatchObject({ kind: "refused", reason: "internal" });
  }
});
