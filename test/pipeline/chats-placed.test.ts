import { afterEach, expect, test } from "vitest";
import type { CanonicalId, ConversationId, LegId } from "../../src/model/ids.ts";
import { commitOwn } from "../../src/pipeline/own-commit.ts";
import { contactOf } from "../support/contacts.ts";
import { openWorld, PHONES, type World } from "../support/test-house.ts";

let world: World;
afterEach(() => world.close());

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
  await house.conversations.setChat(chat, "AAAAAAAAAAAAAAAA" as ConversationId, "AAAAAAAAAAAAAAAA" as LegId);
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
