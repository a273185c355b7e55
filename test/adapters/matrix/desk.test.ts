import { afterAll, beforeAll, expect, test } from "vitest";
import { TryLater } from "../../../src/adapter/index.ts";
import { sensitive } from "../../../src/model/index.ts";
import { deliveryId, done, MemoryAttempt } from "../../support/account-host.ts";
import { encrypts, end, type Stage, stage } from "./setup.ts";

const ANA = "@ana:localhost";
const BOT = "@footbridge:localhost";
let one: Stage;

beforeAll(async () => {
  one = await stage({ requestTimeoutMs: 300 });
});
afterAll(() => end(one));

/** A direct chat that somebody began with the bot, which has joined it. */
async function roomWithBot(): Promise<string> {
  const room = one.homeserver.userCreatesRoom(ANA, BOT);
  const { state } = one.homeserver;
  await one.host.until(() => {
    const found = state.room(room);
    return found !== undefined && state.membership(found, BOT) === "join";
  });
  return room;
}

test("a room that somebody began with the bot is theirs, and the bot answers there", async () => {
  const room = await roomWithBot();
  const desk = await one.account.deskOf?.(sensitive(room), sensitive(ANA));
  if (desk === undefined) throw new Error("expected a desk");
  const content = { kind: "notice", text: "Here I am." } as const;
  const operation = { id: deliveryId(), kind: "send", portal: desk.portal, content, at: Date.now() } as const;
  done(await one.account.perform(operation, new MemoryAttempt()));
  expect(one.homeserver.shown(room)).toMatchObject([{ sender: BOT, body: "Here I am." }]);
});

test("a room with somebody else in it isn't, nor one that the bot isn't in", async () => {
  const room = await roomWithBot();
  const { state } = one.homeserver;
  const found = state.room(room);
  if (found === undefined) throw new Error("expected the room");
  state.setMembership(found, ANA, "@leo:localhost", "join");
  expect(await one.account.deskOf?.(sensitive(room), sensitive(ANA))).toBeUndefined();
  expect(await one.account.deskOf?.(sensitive("!nowhere"), sensitive(ANA))).toBeUndefined();
});

test("a room in which they encrypt is theirs all the same, and is said to be such a one", async () => {
  const room = await roomWithBot();
  const look = () => one.account.deskOf?.(sensitive(room), sensitive(ANA));
  expect(await look()).not.toHaveProperty("encrypted");
  encrypts(one.homeserver, room, ANA);
  expect(await look()).toMatchObject({ encrypted: true });
  one.homeserver.fail(({ path }) => path.includes("m.room.encryption"), { kind: "status", status: 502 }, 2);
  await expect(look()).rejects.toThrow(TryLater);
});

test("a homeserver that doesn't answer is asked again later", async () => {
  const room = await roomWithBot();
  one.homeserver.fail(({ path }) => path.includes("joined_members"), { kind: "status", status: 502 }, 2);
  await expect(one.account.deskOf?.(sensitive(room), sensitive(ANA))).rejects.toThrow(TryLater);
});
