import { hash } from "node:crypto";
import type { Address, StorageName } from "../../src/adapter/index.ts";
import { type Sensitive, sensitive } from "../../src/model/index.ts";
import type { HiddenStore } from "./names.ts";
import { Recent } from "./recent.ts";
import { Lock } from "./signal/lock.ts";

/** How many notes are kept at hand; the others are read again. */
const AT_HAND = 10_000;

/** Who goes by a number is shared out over so many records, so that all of them have names that are known. */
const RECORDS = 64;
/** The records that outlive a link with the phone: whom conversations are with doesn't hang on that. */
export const NAME_RECORDS: readonly StorageName[] = Array.from({ length: RECORDS }, (_, at) => byPhone(at));

/** What has to be known of people for ever: who goes by a phone number, and the timers of their chats. Durable, few writes. */
export class PeopleNotes {
  readonly #store: HiddenStore;
  readonly #atHand = new Recent<string, string>(AT_HAND);
  readonly #naming = new Lock();

  constructor(store: HiddenStore) {
    this.#store = store;
  }

  /** Whether somebody was first met by this number alone, and so goes by it. */
  async goesByPhone(phone: Address): Promise<boolean> {
    return (await this.#namedIn(recordOf(phone))).includes(phone);
  }

  nameByPhone(phone: Address): Promise<void> {
    return this.#naming.run(async () => {
      const record = recordOf(phone);
      const named = await this.#namedIn(record);
      if (!named.includes(phone))
        await this.#write(byPhone(record).expose(), JSON.stringify([...named, phone]));
    });
  }

  /** After how many seconds messages in the chat with somebody disappear; undefined when they don't. */
  async timerOf(person: Sensitive<Address>): Promise<number | undefined> {
    const seconds = Number(await this.#read(`timer ${person.expose()}`));
    return seconds > 0 ? seconds : undefined;
  }

  /** 0: they don't. */
  async setTimer(person: Sensitive<Address>, seconds: number): Promise<void> {
    await this.#write(`timer ${person.expose()}`, seconds > 0 ? String(seconds) : "");
  }

  async #namedIn(record: number): Promise<readonly Address[]> {
    const stored = await this.#read(byPhone(record).expose());
    return stored === "" ? [] : (JSON.parse(stored) as Address[]); // of our own making, sealed
  }

  async #read(name: string): Promise<string> {
    const known = this.#atHand.get(name);
    if (known !== undefined) return known;
    const stored = (await this.#store.get(sensitive(name)))?.expose() ?? "";
    this.#atHand.set(name, stored);
    return stored;
  }

  async #write(name: string, value: string): Promise<void> {
    if ((await this.#read(name)) === value) return;
    if (value === "") await this.#store.delete(sensitive(name));
    else await this.#store.set(sensitive(name), sensitive(value));
    this.#atHand.set(name, value);
  }
}

function byPhone(record: number): Sensitive<string> {
  return sensitive(`by phone ${record}`);
}

function recordOf(phone: Address): number {
  return hash("sha256", phone, "buffer").readUInt8() % RECORDS;
}
