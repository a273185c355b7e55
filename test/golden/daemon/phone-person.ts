import { readableNumber } from "../../../src/consent/paste-lines.ts";
import type { Seen } from "../player.ts";
import { BRIDGE } from "../transcript.ts";
import type { Networks } from "./networks.ts";
import type { Person } from "./person.ts";

const PATIENCE = 20_000;

/** Somebody's phone at the SMSC. */
export class PhonePerson implements Person {
  readonly address: string;
  readonly #door: string;
  readonly #networks: Networks;

  /** @param door the number that they text to reach the bridge itself */
  constructor(networks: Networks, phone: string, door: string) {
    this.address = phone;
    this.#door = door;
    this.#networks = networks;
  }

  /** Texts until the SMSC has its answer: after a break it isn't bound at once. */
  async writes(place: string, text: string): Promise<void> {
    const to = place === BRIDGE ? this.#door : place;
    const send = { from: digits(this.address), to: digits(to), text };
    for (const end = Date.now() + PATIENCE; ; ) {
      const statuses = await this.#networks.smsc.statuses("deliver", send).catch(() => [-1]);
      if (statuses.every((status) => status === 0)) return;
      if (Date.now() > end) throw new Error("a text wasn't taken in");
    }
  }

  async does(): Promise<void> {
    throw new Error("a phone can only text");
  }

  async acts(): Promise<void> {
    throw new Error("a phone's chats are neither encrypted nor left");
  }

  /** In the alphabet of phones, so that a text isn't cut into twice as many parts. */
  looks(text: string): string {
    return text.replaceAll("·", "-").replaceAll("…", "...");
  }

  shown(): ReadonlyMap<string, readonly Seen[]> {
    const own = this.#networks.texts.filter(({ to }) => to === this.address);
    return Map.groupBy(own, ({ from }) => (from === this.#door ? BRIDGE : readableNumber(from)));
  }

  async caughtUp(): Promise<void> {}

  leave(): void {}
}

function digits(number: string): string {
  return number.replace(/\D/g, "");
}
