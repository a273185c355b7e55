// What the house hears of rooms in which the bot can't read.

import { afterEach, expect, test } from "vitest";
import { DAY } from "../../../src/model/time.ts";
import { MemoryHost } from "../../support/account-host.ts";
import { encrypts, end, openFor, roomOf, type Stage, sendsEncrypted, stage, startAccount } from "./setup.ts";

const ANA = "@ana:localhost";
const BOT = "@footbridge:localhost";
const started: Stage[] = [];

async function begin(): Promise<Stage> {
  const made = await stage();
  started.push(made);
  return made;
}

afterEach(async () => {
  for (const one of started.splice(0)) await end(one);
});

/** A direct chat that is encrypted from its beginning, with so many messages from before the bot came. */
function encryptedRoom({ homeserver }: Stage, before = 0): string {
  const room = homeserver.userCreatesRoom(ANA, "@nobody:localhost");
  encrypts(homeserver, room, ANA);
  for (let count = 0; count < before; count++) homeserver.userSends(room, ANA, "before");
  homeserver.userInvites(room, ANA, BOT);
  return room;
}

/** How often the house was told, for a room, that something can't be read. */
function told({ events }: MemoryHost, room: string): number {
  return events.filter(
    ({ chat, from, body }) =>
      chat.expose() === room &&
      from.expose() === ANA &&
      body.kind === "message" &&
      body.content.kind === "unbridgeable" &&
      body.content.what === "encrypted",
  ).length;
}

/** The bot is in it, and everything that happened so far was taken in. */
async function settled({ homeserver, host }: Stage, room: string): Promise<void> {
  await host.until(() => homeserver.state.membership(roomOf(homeserver, room), BOT) === "join");
  await host.until(() => host.saved === `s${homeserver.state.position}`);
}

test("an encrypted room is told as soon as the bot is in it, once, before anybody writes there", async () => {
  const one = await begin();
  const room = encryptedRoom(one);
  await settled(one, room);
  expect(told(one.host, room)).toBe(1);
  sendsEncrypted(one.homeserver, room, ANA);
  await settled(one, room);
  expect(told(one.host, room)).toBe(2);
});

test("a room that was encrypted long before the bot came is told, too", async () => {
  const one = await begin();
  const room = encryptedRoom(one, 250);
  await settled(one, room);
  expect(told(one.host, room)).toBe(1);
});

test("a room that isn't encrypted is told when that is turned on", async () => {
  const one = await begin();
  const room = one.homeserver.userCreatesRoom(ANA, BOT);
  one.homeserver.userSends(room, ANA, "hello");
  await settled(one, room);
  expect(told(one.host, room)).toBe(0);
  encrypts(one.homeserver, room, ANA);
  await settled(one, room);
  expect(told(one.host, room)).toBe(1);
});

test("what is turned on in a gap is told", async () => {
  const one = await begin();
  const room = one.homeserver.userCreatesRoom(ANA, BOT);
  await settled(one, room);
  await one.stop();
  encrypts(one.homeserver, room, ANA);
  for (let count = 0; count < 150; count++) one.homeserver.userSends(room, ANA, `${count}`);
  const host = new MemoryHost(one.host);
  const second = await startAccount(one.config, host);
  await host.until(() => host.texts(room).length === 150);
  await second.stop();
  expect(told(host, room)).toBe(1);
});

test("a crash after the bot came in, before the house took anything, loses nothing", async () => {
  const one = await begin();
  one.host.refuse = true;
  const room = encryptedRoom(one);
  await one.host.until(() => one.homeserver.state.membership(roomOf(one.homeserver, room), BOT) === "join");
  await one.crash();
  expect(told(one.host, room)).toBe(0);
  const host = new MemoryHost(one.host);
  const second = await startAccount(one.config, host);
  await host.until(() => told(host, room) > 0);
  await second.stop();
  expect(told(host, room)).toBe(1);
});

test("a crash before the bot came in loses nothing: an invite is brought once, and answered all the same", async () => {
  const one = await begin();
  const other = await openFor(one, "@leo:localhost");
  one.homeserver.fail(({ path }) => path[0] === "join", { kind: "status", status: 503 }, 100);
  const room = encryptedRoom(one);
  one.homeserver.userSends(other.room, "@leo:localhost", "the place behind the invite is saved");
  await one.host.until(() => one.host.saved === `s${one.homeserver.state.position}`);
  await one.crash();
  one.homeserver.heal();
  const host = new MemoryHost(one.host);
  const second = await startAccount(one.config, host);
  await host.until(() => told(host, room) === 1);
  await host.until(() => host.records.size === 0);
  await second.stop();
});

test("a bot that is invited again into the same room tells it again", async () => {
  const one = await begin();
  const room = encryptedRoom(one);
  await settled(one, room);
  one.homeserver.userLeaves(room, BOT);
  one.homeserver.userInvites(room, ANA, BOT);
  await settled(one, room);
  expect(told(one.host, room)).toBe(2);
});

test("a bot that is invited again isn't told again what was said there longer ago than the house recognises", async () => {
  const one = await begin();
  const { homeserver } = one;
  const room = homeserver.userCreatesRoom(ANA, BOT);
  await settled(one, room);
  const say = (body: string, daysAgo: number) => {
    const at = Date.now() - daysAgo * DAY;
    const content = { msgtype: "m.text", body };
    homeserver.userSendsEvent(room, ANA, "m.room.message", content, { origin_server_ts: at });
  };
  say("block", 8);
  await one.host.until(() => one.host.saved === `s${homeserver.state.position}`);
  homeserver.userLeaves(room, BOT);
  say("unlink", 7);
  say("hello", 1);
  homeserver.userInvites(room, ANA, BOT);
  await settled(one, room);
  const heard = one.host.events.flatMap(({ body }) =>
    body.kind === "message" && body.content.kind === "text" ? [body.content.text] : [],
  );
  expect(heard).toEqual(["block", "hello"]);
});
