import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Conversation, Leg } from "../../src/model/conversation.ts";
import type { CanonicalId, ConversationId, DeliveryId, LegId } from "../../src/model/ids.ts";
import type { AcceptedEvent } from "../../src/store/accepted-event.ts";
import { canonicalOf } from "../../src/store/arrivals.ts";
import type { CommitReply, Wish } from "../../src/store/commits.ts";
import { keys } from "../../src/store/keys.ts";
import type { LaneName } from "../../src/store/lanes.ts";
import type { HeldLeg, StoredDelivery } from "../../src/store/legs.ts";
import type { Fence, Fences } from "../../src/store/meta.ts";
import type { Connection } from "../../src/store/redis/connection.ts";
import { acceptOne } from "./accept.ts";
import {
  type Bench,
  dyingConnection,
  legsOf,
  makeConversation,
  nothing,
  openBench,
  type Process,
  planned,
  runs,
  textEvent,
} from "./fixture.ts";

let bench: Bench;
let conversation: Conversation;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());

/** How many texts a network hands over at once. */
const BATCH = 2;

/** What people wrote on one network, and how much of it their network was told we have. */
interface Sender {
  readonly leg: Leg;
  readonly texts: readonly string[];
  acknowledged: number;
}

/** What went out to the networks: each request under the id of its delivery. */
interface Sent {
  readonly leg: LegId;
  readonly delivery: DeliveryId;
  readonly text: string;
}

interface World {
  readonly senders: readonly Sender[];
  readonly sent: Sent[];
}

/** One life of a daemon, in the order in which a real one does it: take in, decide, send, over and over. */
class Life {
  readonly #process: Process;
  readonly #fences: Fences;
  readonly #world: World;
  #wish = 0;

  constructor(connection: Connection, fences: Fences, world: World) {
    this.#process = bench.begin(connection);
    this.#fences = fences;
    this.#world = world;
  }

  /** Ends when everything was taken in and sent. @throws StoreAway when it was killed. */
  async run(): Promise<void> {
    await this.#decideAll();
    await this.#sendAll();
    while (this.#world.senders.some(({ texts, acknowledged }) => acknowledged < texts.length)) {
      for (const sender of this.#world.senders) await this.#takeIn(sender);
      await this.#decideAll();
      await this.#sendAll();
    }
  }

  async #takeIn(sender: Sender): Promise<void> {
    const texts = sender.texts.slice(sender.acknowledged, sender.acknowledged + BATCH);
    if (texts.length === 0) return;
    const { account, chat } = laneOf(sender.leg);
    const batch = texts.map((text) => {
      const by = { kind: "id", lookups: bench.keyring.event(account, text) } as const;
      return { kind: "event", chat, event: textEvent(text, bench.clock.now(), canonicalOf(by)), by } as const;
    });
    await this.#process.lanes.accept(account, batch, this.#fences.next(), nothing);
    sender.acknowledged += texts.length;
  }

  async #decideAll(): Promise<void> {
    for (const { leg } of this.#world.senders) {
      const fence = this.#fences.next();
      for (const { chat } of await this.#process.lanes.claim(leg.account, fence, 16, true)) {
        await this.#decideLane({ account: leg.account, chat }, fence);
      }
    }
  }

  async #decideLane(lane: LaneName, fence: Fence): Promise<void> {
    const events: (AcceptedEvent | Error)[] = [];
    await this.#process.lanes.read(lane, 0, 16, (read) => events.push(...read));
    for (const event of events) {
      if (event instanceof Error) throw event;
      for (;;) if ((await this.#commit(lane, fence, event)).kind !== "stale") break;
    }
    await this.#process.lanes.pop(lane.account, [{ chat: lane.chat, fence, count: events.length }], nothing);
  }

  async #commit(lane: LaneName, fence: Fence, event: AcceptedEvent): Promise<CommitReply> {
    const place = await this.#process.conversations.byChat(lane.chat);
    const now = place && (await this.#process.conversations.load(place.conversation));
    const to = now?.legs.find(({ id }) => id !== place?.leg);
    if (place === undefined || now === undefined || to === undefined) throw new Error("no such chat");
    const content = event.body.kind === "message" ? event.body.content : undefined;
    if (content === undefined) throw new Error("not a message");
    const task = { kind: "send", content, at: event.at } as const;
    this.#wish += 1;
    return this.#process.commits.commit(
      {
        conversation: now,
        canonical: event.canonical,
        acceptedAt: event.acceptedAt,
        lane: { chat: lane.chat, fence },
        source: { leg: place.leg },
        // A change now and then, so that versions move on.
        changes: this.#wish % 3 === 0 ? [{ kind: "record", record: now.record }] : [],
        deliveries: [planned(to.id, event.at, undefined, task)],
      },
      [WISHES[this.#wish % WISHES.length] ?? "leave"],
      this.#fences.next(),
      nothing,
    );
  }

  async #sendAll(): Promise<void> {
    for (const { leg } of this.#world.senders) {
      const fence = this.#fences.next();
      for (const id of await this.#process.legs.claim(leg.account, fence, 16, true)) {
        await this.#sendLeg({ id, account: leg.account, conversation: conversation.id, fence });
      }
    }
  }

  async #sendLeg(held: HeldLeg): Promise<void> {
    for (;;) {
      const [head, next] = await this.#process.legs.read(held.id, 0, 2);
      if (head === undefined) return;
      if ("why" in head) throw new Error(`a delivery is ${head.why}`);
      // What was marked before may have gone out: it goes again under the same id.
      if (head.state !== "sending") expect(await this.#process.legs.mark(held, head.id)).toBe(true);
      this.#world.sent.push({ leg: held.id, delivery: head.id, text: textOf(head) });
      const settlement = { kind: "done", refs: [`ref of ${head.id}`], legIndex: 0 } as const;
      const reply = await this.#process.legs.settle(held, head, settlement, next?.id, nothing);
      if (reply === "empty") return;
    }
  }
}

const WISHES: readonly Wish[] = ["mark", "claim", "leave"];

function laneOf({ account, chat }: Leg): LaneName {
  if (chat === undefined) throw new Error("the leg has no chat");
  return { account, chat };
}

function textOf({ payload: { task } }: StoredDelivery): string {
  return task.kind === "send" && task.content.kind === "text" ? task.content.text : task.kind;
}

async function newWorld(count: number): Promise<World> {
  await bench.clear();
  conversation = await makeConversation(bench.begin());
  const texts = (side: string) => Array.from({ length: count }, (_, i) => `${side} ${i}`);
  const [rooms, phones] = legsOf(conversation);
  const senders = [
    { leg: rooms, texts: texts("from the room"), acknowledged: 0 },
    { leg: phones, texts: texts("from the phone"), acknowledged: 0 },
  ];
  return { senders, sent: [] };
}

/** Lives one after the other, each killed at its call; the last one lives. Says how many calls the last one made. */
async function live(world: World, kills: readonly { at: number; doneStill: boolean }[]): Promise<number> {
  for (const { at, doneStill } of kills) {
    const connection = dyingConnection(bench.connection, at, doneStill);
    await new Life(connection, await bench.fences(), world).run().catch((error: unknown) => {
      if (connection.up) throw error; // whatever is thrown after the kill is the kill's
    });
  }
  const before = bench.connection.stats.calls;
  await new Life(bench.connection, await bench.fences(), world).run();
  bench.connection.flush();
  return bench.connection.stats.calls - before;
}

/** Each text went to the other leg under one id, in the order in which it was written; nothing is left over. */
async function expectAllThere({ senders, sent }: World): Promise<void> {
  for (const { leg, texts } of senders) {
    const other = conversation.legs.find(({ id }) => id !== leg.id)?.id;
    const seen = new Map<DeliveryId, string>(); // the network takes each id once
    for (const each of sent)
      if (each.leg === other) seen.set(each.delivery, seen.get(each.delivery) ?? each.text);
    expect([...seen.values()]).toEqual(texts);
  }
  const { connection } = bench;
  for (const { leg } of senders) {
    for (const key of [
      keys.lane(leg.account, laneOf(leg).chat),
      keys.lanesDue(leg.account),
      keys.laneFences(leg.account),
      keys.leg(leg.id),
      keys.legsDue(leg.account),
      keys.legFences(leg.account),
    ]) {
      expect(await connection.command("EXISTS", key)).toBe(0);
    }
  }
  for (const { delivery } of sent)
    expect(await connection.command("EXISTS", keys.delivery(delivery))).toBe(0);
}

describe("a daemon that is killed", () => {
  test("at any call, before or after Redis did it, delivers everything in order and once for each id", async () => {
    const calls = await live(await newWorld(3), []);
    expect(calls).toBeGreaterThan(30);
    for (let at = 1; at <= calls; at++) {
      for (const doneStill of [false, true]) {
        const world = await newWorld(3);
        await live(world, [{ at, doneStill }]);
        await expectAllThere(world);
      }
    }
  });

  test("again and again, wherever, delivers everything in order and once for each id", async () => {
    const kill = fc.record({ at: fc.integer({ min: 1, max: 45 }), doneStill: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(kill, { maxLength: 8 }), async (kills) => {
        const world = await newWorld(4);
        await live(world, kills);
        await expectAllThere(world);
      }),
      runs(25),
    );
  });

  test("while another has taken over does nothing any more when it wakes up", async () => {
    const world = await newWorld(1);
    const [rooms, phones] = legsOf(conversation);
    const old = await bench.fences();
    const sleeper = bench.begin();
    const lane = laneOf(rooms);
    const by = { kind: "id", lookups: bench.keyring.event(rooms.account, "from the room 0") } as const;
    const event = textEvent("from the room 0", bench.clock.now(), canonicalOf(by));
    const oldFence = old.next();
    await acceptOne(sleeper, lane, event, by, oldFence);
    const loaded = await sleeper.conversations.load(conversation.id);
    await live(world, []);
    const replies: CommitReply[] = [];
    const commit = {
      conversation: loaded ?? conversation,
      canonical: "AAAAAAAAAAAAAAAA" as CanonicalId, // another event of the same lane
      acceptedAt: bench.clock.now(),
      lane: { chat: lane.chat, fence: oldFence },
      changes: [],
      deliveries: [planned(phones.id, bench.clock.now())],
    };
    await sleeper.commits.commit(commit, ["mark"], old.next(), (reply) => replies.push(reply));
    expect(replies).toEqual([{ kind: "fenced" }]);
    await sleeper.lanes.pop(lane.account, [{ chat: lane.chat, fence: oldFence, count: 1 }], (left) =>
      expect(left).toEqual([-1]),
    );
    const held = { id: phones.id, account: phones.account, conversation: conversation.id, fence: oldFence };
    const [first] = world.sent;
    expect(first && (await sleeper.legs.mark(held, first.delivery))).toBeUndefined();
    await expectAllThere(world);
  });
});

describe("making a conversation, killed at any call and begun again", () => {
  const ids = async (): Promise<readonly ConversationId[]> => bench.begin().conversations.pairs();

  test("leaves each address with one person, and what it made can be opened", async () => {
    for (let at = 1; at < 20; at++) {
      await bench.clear();
      const dying = bench.begin(dyingConnection(bench.connection, at, at % 2 === 0));
      await makeConversation(dying).catch(nothing);
      const made = await makeConversation(bench.begin());
      const loaded = await bench.begin().conversations.load(made.id);
      expect(loaded?.seats).toEqual(made.seats);
      expect(await ids()).toContain(made.id);
    }
  });
});
