import type { Address } from "../../src/adapter/index.ts";
import { type Sensitive, sensitive } from "../../src/model/index.ts";
import type { HiddenStore } from "./names.ts";
import { Recent } from "./recent.ts";

/** How many notes are kept at hand; the others are read again. */
const AT_HAND = 10_000;

/** What has to be known of people for ever: who goes by a phone number, and the timers of their chats. Durable, few writes. */
export class PeopleNotes {
  readonly #store: HiddenStore;
  readonly #atHand = new Recent<string, string>(AT_HAND);

  constructor(store: HiddenStore) {
    this.#store = store;
  }

  /** Whether somebody was first met by this number alone, and so goes by it. */
  async goesByPhone(phone: Address): Promise<boolean> {
    return (await this.#read(`by phone ${phone}`)) === "yes";
  }

  async nameByPhone(phone: Address): Promise<void> {
    await this.#write(`by phone ${phone}`, "yes");
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
