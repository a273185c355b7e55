import { accountId, type CanonicalId, type ChatKey } from "../../src/model/ids.ts";
import { Sensitive } from "../../src/model/sensitive.ts";
import type { AcceptedEvent } from "../../src/store/accepted-event.ts";
import type { AcceptReply, LaneName, Taken } from "../../src/store/lanes.ts";
import type { Fence } from "../../src/store/meta.ts";
import { IN_FLIGHT, LANES, PAYLOAD_OCTETS } from "./floor.ts";
import type { BenchHouse } from "./house.ts";

const ACCOUNT = accountId("queue");
/** So that an item is 1 KiB with what stands around its text. */
const TEXT = "x".repeat(PAYLOAD_OCTETS - 150);

/** A lane as its worker sees it. */
interface Worked {
  readonly name: LaneName;
  fence: Fence;
  /** Whom to tell, in order: those behind the ones that are being taken off, and those. */
  readonly waiting: (() => void)[];
  popping: number;
}

/** The queue alone, as the lane worker uses it and with an empty decision: accept and claim, then take off. */
class BareQueue {
  readonly #house: BenchHouse;
  readonly #lanes: readonly LaneName[];
  readonly #worked = new Map<ChatKey, Worked>();
  #due: Worked[] = [];

  constructor(house: BenchHouse) {
    this.#house = house;
    const { keyring } = house.store.vault;
    this.#lanes = Array.from({ length: LANES }, (_, i) => ({
      account: ACCOUNT,
      chat: keyring.chat(ACCOUNT, `chat ${i}`),
    }));
  }

  /** An item through the queue: resolves when it is taken off, durably. */
  pass(number: number): Promise<void> {
    const { lanes, fences, clock, store } = this.#house;
    const lane = this.#lanes[number % LANES];
    if (lane === undefined) throw new Error("there is no such lane");
    const now = clock.now();
    const event: AcceptedEvent = {
      canonical: store.vault.newId() as CanonicalId, // a new random id
      from: new Sensitive("+12025550100"),
      at: now,
      acceptedAt: now,
      body: { kind: "message", content: { kind: "text", text: TEXT, spans: [] } },
    };
    const lookups = store.vault.keyring.event(ACCOUNT, `event ${event.canonical}`);
    const fence = fences.next();
    const arrival = { kind: "event", chat: lane.chat, event, by: { kind: "id", lookups } } as const;
    return new Promise((resolve, reject) => {
      const onReply = (taken: readonly Taken[]): void => {
        for (const { reply } of taken) this.#accepted(lane, reply, fence, resolve);
      };
      lanes.accept(ACCOUNT, [arrival], fence, onReply).catch(reject);
    });
  }

  #accepted(name: LaneName, reply: AcceptReply, fence: Fence, done: () => void): void {
    let lane = this.#worked.get(name.chat);
    if (reply === "claimed") {
      lane = { name, fence, waiting: [], popping: 0 };
      this.#worked.set(name.chat, lane);
    }
    if (lane === undefined) throw new Error(`an item is ${reply} in a lane that is not ours`);
    lane.waiting.push(done);
    this.#popSoon(lane);
  }

  /** All lanes of a turn in one call. */
  #popSoon(lane: Worked): void {
    if (lane.popping > 0 || this.#due.includes(lane)) return;
    this.#due.push(lane);
    if (this.#due.length === 1) setImmediate(() => this.#pop());
  }

  #pop(): void {
    const due = this.#due;
    this.#due = [];
    for (const lane of due) lane.popping = lane.waiting.length;
    const heads = due.map(({ name, fence, popping }) => ({ chat: name.chat, fence, count: popping }));
    void this.#house.lanes.pop(ACCOUNT, heads, (left) => {
      for (const [i, lane] of due.entries()) this.#popped(lane, left[i] ?? -1);
    });
  }

  #popped(lane: Worked, left: number): void {
    const done = lane.waiting.splice(0, lane.popping);
    lane.popping = 0;
    if (left <= 0) this.#worked.delete(lane.name.chat);
    else if (lane.waiting.length > 0) this.#popSoon(lane);
    for (const tell of done) tell();
  }
}

/** Items a second of 1 KiB through the queue alone: sealed, 1,000 lanes, 256 in flight. */
export async function measureQueue(house: BenchHouse, ms: number): Promise<number> {
  const queue = new BareQueue(house);
  const began = performance.now();
  let count = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() - began < ms) await queue.pass(count++);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return (count * 1_000) / (performance.now() - began);
}
