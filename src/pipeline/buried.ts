import type { AccountId, ChatKey, ConversationId, DeliveryId } from "../model/ids.ts";
import type { Timestamp } from "../model/time.ts";
import { keys } from "../store/keys.ts";
import { fields, text, texts } from "../store/reply.ts";
import type { House } from "./house.ts";
import type { LaneWorker } from "./lane-worker.ts";

/** A thing that is kept for the operator: no address, no text. */
interface Buried {
  readonly id: string;
  readonly account: AccountId;
  readonly kind: "delivery" | "event";
  readonly reason: string;
  readonly attempts: number;
  readonly since: number;
  readonly until: number;
}

/** What can't be delivered or worked on, as the operator sees it. */
export class BuriedItems {
  readonly #house: House;
  readonly #accounts: readonly AccountId[];
  readonly #worker: Pick<LaneWorker, "grew">;

  constructor(house: House, accounts: readonly AccountId[], worker: Pick<LaneWorker, "grew">) {
    this.#house = house;
    this.#accounts = accounts;
    this.#worker = worker;
  }

  async list(): Promise<readonly Buried[]> {
    const deliveries = await this.#deliveries();
    const events = await Promise.all(this.#accounts.map((account) => this.#events(account)));
    return [...deliveries, ...events.flat()];
  }

  /** How many there are beside those of some conversations, and when the newest of them was buried; 0 where there are none. */
  async newest(
    except: ReadonlySet<ConversationId>,
  ): Promise<{ readonly count: number; readonly newest: Timestamp }> {
    const { legs } = this.#house;
    const ids = await legs.kept("buried", "+inf", 1_000);
    const notes = (await Promise.all(ids.map((id) => legs.keptNote(id)))).filter(
      (note) => note !== undefined,
    );
    const events = await Promise.all(this.#accounts.map((account) => this.#events(account)));
    const since = [
      ...notes.filter(({ conversation }) => !except.has(conversation)).map((note) => note.since),
      ...events.flat().map((event) => event.since),
    ];
    return { count: since.length, newest: Math.max(0, ...since) };
  }

  /** How many there are. */
  async count(): Promise<number> {
    const { legs, store } = this.#house;
    const events = await Promise.all(
      this.#accounts.map((account) => store.connection.command("ZCARD", keys.buriedEventsDue(account))),
    );
    return events.reduce<number>((sum, each) => sum + Number(each), await legs.countKept("buried"));
  }

  /** Puts it back where it came from. False when there is no such item (any more). */
  async retry(id: string): Promise<boolean> {
    const note = await this.#house.legs.keptNote(id as DeliveryId);
    if (note !== undefined) return this.#house.legs.revive(id as DeliveryId, note.leg, "again", "buried");
    return this.#event(id, "again");
  }

  /** Ends it. False when there is no such item (any more). */
  async drop(id: string): Promise<boolean> {
    const note = await this.#house.legs.keptNote(id as DeliveryId);
    if (note !== undefined) return this.#house.legs.revive(id as DeliveryId, note.leg, "drop", "buried");
    return this.#event(id, "drop");
  }

  async #deliveries(): Promise<readonly Buried[]> {
    const { legs, store } = this.#house;
    const ids = await legs.kept("buried", "+inf", 1_000);
    const found = await Promise.all(
      ids.map(async (id): Promise<Buried | undefined> => {
        const [note, attempts, until] = await Promise.all([
          legs.keptNote(id),
          store.connection.command("HGET", keys.delivery(id), "a"),
          store.connection.command("ZSCORE", keys.buried, id),
        ]);
        if (note === undefined) return undefined;
        const { account, reason, since } = note;
        return {
          id,
          account,
          kind: "delivery",
          reason,
          attempts: Number(text(attempts)),
          since,
          until: Number(text(until)),
        };
      }),
    );
    return found.filter((each) => each !== undefined);
  }

  async #events(account: AccountId): Promise<readonly Buried[]> {
    const { connection } = this.#house.store;
    const due = texts(
      await connection.command("ZRANGE", keys.buriedEventsDue(account), 0, 999, "WITHSCORES"),
    );
    const records = fields(await connection.command("HGETALL", keys.buriedEvents(account)));
    const found: Buried[] = [];
    for (let i = 0; i + 1 < due.length; i += 2) {
      const id = due[i] ?? "";
      const record = records.get(id)?.toString();
      if (record === undefined) continue;
      const { account, reason, attempts, since } = JSON.parse(record) as Omit<
        Buried,
        "id" | "kind" | "until"
      >; // written by the lane worker
      found.push({ id, account, kind: "event", reason, attempts, since, until: Number(due[i + 1]) });
    }
    return found;
  }

  async #event(id: string, action: "again" | "drop"): Promise<boolean> {
    const { lanes, store } = this.#house;
    for (const account of this.#accounts) {
      const lane = text(await store.connection.command("HGET", keys.buriedEvents(account), `${id}:lane`));
      if (lane === undefined) continue;
      const chat = lane as ChatKey; // written by lane_bury
      return lanes.unbury({ account, chat }, id, action, () => this.#worker.grew(chat));
    }
    return false;
  }
}
