import type { InboundEvent } from "../../src/adapter/index.ts";
import type { Conversation, Leg, Seat } from "../../src/model/conversation.ts";
import { accountId, type ConversationId, type LegId, networkName, type SeatId } from "../../src/model/ids.ts";
import { Sensitive } from "../../src/model/sensitive.ts";
import { AccountGate } from "../../src/pipeline/account-gate.ts";
import { Intake } from "../../src/pipeline/intake.ts";
import { Pipeline } from "../../src/pipeline/pipeline.ts";
import { createClockGuard } from "../../src/privacy/clock-guard.ts";
import { accountStorage, StoredCursor } from "../../src/store/account-storage.ts";
import { IN_FLIGHT, LANES, PAYLOAD_OCTETS } from "./floor.ts";
import type { BenchHouse } from "./house.ts";
import { NullAccount } from "./null-account.ts";

const LEFT = accountId("left");
const RIGHT = accountId("right");
const NETWORK = networkName("null");
const TEXT = "x".repeat(PAYLOAD_OCTETS - 150);

/** The whole pipeline between two networks that take everything at once. */
export interface Path {
  /** Messages a second, each accepted, decided, committed, performed and settled; 256 in flight, 1,000 conversations. */
  measure(ms: number): Promise<number>;
  stop(): Promise<void>;
}

export async function openPath(house: BenchHouse): Promise<Path> {
  const accounts = new Map([LEFT, RIGHT].map((id) => [id, new NullAccount()]));
  const workplaces = new Map(
    [...accounts].map(([id, account]) => {
      house.announce(id, account);
      const gate = new AccountGate(account.capabilities.concurrency, house.clock);
      gate.report({ kind: "connected" });
      return [id, { account, gate }] as const;
    }),
  );
  const pipeline = new Pipeline({
    house,
    workplaces,
    clockGuard: createClockGuard(house.clock),
    embedded: true,
    owner: house.store.vault.newId(),
    prepare: async () => {
      await Promise.all(Array.from({ length: LANES }, (_, i) => createConversation(house, i)));
    },
    onLost: () => undefined,
  });
  await pipeline.start();
  const noMark = { read: async () => 0, raise: () => undefined };
  const cursor = new StoredCursor(house.store, LEFT, await accountStorage(house.store, LEFT, noMark));
  const intake = new Intake(house, LEFT, pipeline, cursor, pipeline);
  const right = accounts.get(RIGHT);
  if (right === undefined) throw new Error("there is no right side");
  return { measure: (ms) => measure(house, intake, right, pipeline, ms), stop: () => pipeline.stop() };
}

async function measure(
  house: BenchHouse,
  intake: Intake,
  right: NullAccount,
  pipeline: Pipeline,
  ms: number,
): Promise<number> {
  const began = performance.now();
  let [sent, done] = [0, 0];
  await new Promise<void>((resolve, reject) => {
    const send = (): void => {
      sent += 1;
      intake.acceptAll([textFrom(house, sent % LANES)]).catch(reject);
    };
    right.onDone = () => {
      done += 1;
      if (performance.now() - began < ms) send();
      else if (done === sent) resolve();
    };
    for (let i = 0; i < IN_FLIGHT; i++) send();
  });
  await pipeline.drain();
  return (done * 1_000) / (performance.now() - began);
}

function textFrom(house: BenchHouse, index: number): InboundEvent {
  const id = new Sensitive(house.store.vault.newId());
  return {
    identity: { kind: "id", id },
    chat: new Sensitive(`chat ${index}`),
    from: new Sensitive(`left ${index}`),
    at: house.clock.now(),
    timing: "live",
    ref: id,
    body: { kind: "message", content: { kind: "text", text: TEXT, spans: [] } },
  };
}

async function createConversation(house: BenchHouse, index: number): Promise<void> {
  const newId = <T extends string>(): T => house.store.vault.newId() as T; // a new random id
  const seats: Seat[] = [];
  const legs: Leg[] = [];
  for (const [side, account] of [["left", LEFT] as const, ["right", RIGHT] as const]) {
    const address = new Sensitive(`${side} ${index}`);
    const { id: person } = await house.people.findOrCreate(NETWORK, address);
    const seat: Seat = { id: newId<SeatId>(), person, name: side, state: "accepted" };
    seats.push(seat);
    legs.push({
      id: newId<LegId>(),
      seat: seat.id,
      account,
      to: address,
      alias: newId(),
      portal: new Sensitive(`portal ${index}`),
      chat: house.store.vault.keyring.chat(account, `chat ${index}`),
      away: false,
    });
  }
  const record = { open: true, origin: "pair", told: [], questions: {} } as const;
  const conversation: Conversation = {
    id: newId<ConversationId>(),
    version: 1,
    gate: 0,
    record,
    seats,
    legs,
  };
  await house.conversations.create(conversation);
}
