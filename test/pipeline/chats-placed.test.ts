import { afterEach, expect, test } from "vitest";
import type { CanonicalId, ChatKey, ConversationId, LegId } from "../../src/model/ids.ts";
import { commitOwn } from "../../src/pipeline/own-commit.ts";
import { keys } from "../../src/store/keys.ts";
import type { Connection } from "../../src/store/redis/connection.ts";
import { contactOf } from "../support/contacts.ts";
import { openWorld, PHONES, type World } from "../support/test-house.ts";

let world: World;
afterEach(() => world.close());

/** A conversation that the chat was before. */
const BEFORE = { conversation: "AAAAAAAAAAAAAAAA" as ConversationId, leg: "AAAAAAAAAAAAAAAA" as LegId };

test("a chat that becomes another conversation's while it is looked up is that one's", async () => {
  world = await openWorld({ pairs: 0 });
  const open = await world.open();
  const { house, pipeline, keyring } = open;
  const { id } = await contactOf(open);
  const conversation = await house.cache.get(id);
  const leg = conversation?.legs[1];
  if (conversation === undefined || leg === undefined) throw new Error("there is no conversation");
  const chat = keyring.chat(PHONES, "a number that was another's before");
  // As a conversation left it that ended before this process began.
  await house.conversations.setChat(chat, BEFORE.conversation, BEFORE.leg);
  const canonical = house.store.vault.newId() as CanonicalId;
  const what = { conversation: id, canonical, acceptedAt: house.clock.now() };
  const placing = commitOwn(house, pipeline.legs, what, () => ({
    changes: [{ kind: "leg", leg: { ...leg, chat } }],
    deliveries: [],
    chats: [{ chat, leg: leg.id }],
  }));
  await Promise.all([house.cache.legOf(chat), placing]);
  expect(house.cache.peekLeg(chat)).toEqual({ conversation: id, leg: leg.id });
});

test("a chat that becomes another conversation's while the one before it goes stays that one's", async () => {
  world = await openWorld({ pairs: 0 });
  let chat: ChatKey | undefined;
  const next = { conversation: "BBBBBBBBBBBBBBBB" as ConversationId, leg: "BBBBBBBBBBBBBBBB" as LegId };
  const { house, keyring } = await world.open((connection) =>
    overtaken(connection, (name) => {
      if (chat === undefined || name !== keys.chat(chat)) return;
      const taken = chat;
      chat = undefined;
      void house.conversations.setChat(taken, next.conversation, next.leg);
    }),
  );
  const lent = keyring.chat(PHONES, "a number that is lent again");
  await house.conversations.setChat(lent, BEFORE.conversation, BEFORE.leg);
  chat = lent;
  await house.conversations.drop(BEFORE.conversation, [lent]);
  expect(await house.conversations.byChat(lent)).toEqual(next);
});

/** Tells the first key of what is asked of Redis, right behind it. */
function overtaken(connection: Connection, asked: (key: string) => void): Connection {
  const call: Connection["call"] = (script, names, args) => {
    const reply = connection.call(script, names, args);
    asked(String(names[0]));
    return reply;
  };
  const command: Connection["command"] = (name, ...args) => {
    const reply = connection.command(name, ...args);
    asked(String(args[0]));
    return reply;
  };
  return new Proxy(connection, {
    get: (target, name) => {
      if (name === "call") return call;
      if (name === "command") return command;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
