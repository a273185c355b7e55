import type { ConversationId } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import type { Timestamp } from "../../src/model/time.ts";
import { COOL_DOWN } from "../../src/store/number-pairs.ts";

export const MODEL_PHONES = ["+15550100901", "+15550100902"].map((each) => sensitive(each));
/** The first is the front door. */
export const MODEL_NUMBERS = ["+15550100100", "+15550100111", "+15550100112"].map((each) => sensitive(each));
export const DOOR = 0;

/** A conversation's time on one number of one phone. */
export interface Stay {
  readonly phone: number;
  readonly number: number;
  /** Undefined when it was forgotten whose it was. */
  conversation: ConversationId | undefined;
  readonly since: Timestamp;
  until: Timestamp | undefined;
}

/** All stays there ever were: the rules are read off this history, not off a copy of the script. */
export class History {
  readonly stays: Stay[] = [];
  now: Timestamp;

  constructor(now: Timestamp) {
    this.now = now;
  }

  /** Those that make a number taken: who is on it, and who still cools down. */
  on(phone: number, number: number): Stay[] {
    return this.stays.filter(
      (stay) => stay.phone === phone && stay.number === number && !this.#isOver(stay, this.now),
    );
  }

  /** Which numbers a request may be answered with, by the rules. */
  allowed(
    phone: number,
    conversation: ConversationId,
    pool: readonly number[],
    texted?: number,
  ): readonly number[] {
    const mine = this.#stayOf(phone, conversation, pool);
    if (mine !== undefined) return [mine.number];
    const free = pool.filter((number) => this.on(phone, number).length === 0);
    if (texted !== undefined && free.includes(texted)) return [texted];
    if (free.length === 0) return [DOOR];
    const withoutDoor = free.filter((number) => number !== DOOR);
    return withoutDoor.length > 0 ? withoutDoor : free;
  }

  /** It was given: writes that down. */
  given(phone: number, conversation: ConversationId, pool: readonly number[], number: number): void {
    for (const stay of this.stays) {
      const isElsewhere =
        stay.phone === phone && stay.conversation === conversation && stay.number !== number;
      if (isElsewhere && !pool.includes(stay.number)) stay.until ??= this.now;
    }
    const mine = this.#stayOf(phone, conversation, [number]);
    if (mine !== undefined) mine.until = undefined;
    else this.stays.push({ phone, number, conversation, since: this.now, until: undefined });
  }

  release(phone: number, conversation: ConversationId): void {
    for (const stay of this.stays)
      if (stay.phone === phone && stay.conversation === conversation) stay.until ??= this.now;
  }

  forget(phone: number): void {
    for (const stay of this.stays) {
      if (stay.phone !== phone) continue;
      stay.until ??= this.now;
      stay.conversation = undefined;
    }
  }

  /** Two that had the same pool number of one phone, the second before the first had cooled down: there must be none. */
  overlaps(): (readonly [Stay, Stay])[] {
    const found: (readonly [Stay, Stay])[] = [];
    for (const [i, one] of this.stays.entries()) {
      for (const other of this.stays.slice(i + 1)) {
        const isSame = one.phone === other.phone && one.number === other.number && one.number !== DOOR;
        const isOther = one.conversation === undefined || one.conversation !== other.conversation;
        if (isSame && isOther && !this.#isOver(one, other.since)) found.push([one, other]);
      }
    }
    return found;
  }

  #stayOf(phone: number, conversation: ConversationId, pool: readonly number[]): Stay | undefined {
    const own = pool
      .flatMap((number) => this.on(phone, number))
      .filter((stay) => stay.conversation === conversation);
    return own.find(({ until }) => until === undefined) ?? own[0];
  }

  #isOver({ until }: Stay, at: Timestamp): boolean {
    return until !== undefined && until + COOL_DOWN <= at;
  }
}
