import { assertNever } from "../model/assert-never.ts";
import { A_MILLISECOND, type Cell, cellOf } from "../model/gcra.ts";
import type { CanonicalId, DeliveryId } from "../model/ids.ts";
import {
  LIMITS,
  type LimitName,
  type LimitSettings,
  type Scope,
  type Take,
  type Verdict,
} from "../model/limits.ts";
import { DAY, type Milliseconds } from "../model/time.ts";
import type { Keyring } from "../privacy/keyring.ts";
import { keys } from "./keys.ts";
import { StoreAway } from "./redis/errors.ts";
import type { SlotKey } from "./redis/slots.ts";
import type { Store } from "./store.ts";

/** What makes asking again the same question: the event or delivery that it is asked for. */
export type Ticket = CanonicalId | DeliveryId;

/** How long asking again gets the same answer. */
const TICKET_LIFE: Milliseconds = DAY;

/** Limits whose counters share a slot: taken and given back by one script. */
interface Group {
  readonly slot: string;
  readonly takes: readonly Take[];
}

/** Refused before it comes to a script. */
const NEVER: Cell = { increment: 0, window: 0 };
const NO_PAUSE = { first: 0, longest: 0 };
const ALLOWED: Verdict = { kind: "allowed" };

/**
 * The counters of all limits, by GCRA: `{l:<slot>}` holds what an address or a person did, or all others. Names are HMACs and
 * values numbers; each goes by itself when it says nothing any more, at the latest after 48 hours.
 */
export class Limits {
  readonly #store: Store;
  readonly #settings: LimitSettings;
  readonly #onRefusal: (limit: LimitName) => void;

  /** `onRefusal`: hears which limit had no room, or couldn't be counted. */
  constructor(
    store: Store,
    settings: LimitSettings,
    onRefusal: (limit: LimitName) => void = () => undefined,
  ) {
    this.#store = store;
    this.#settings = settings;
    this.#onRefusal = onRefusal;
  }

  /**
   * Takes from all these limits or, when one of them has no room, from none. Limits of one slot are charged together; those of
   * several one slot after the other in the order given, and what was charged before a refusal is given back.
   * With a ticket, asking again after a crash charges nothing and gets the same answer, for a day (a refusal: until it is over).
   * Each set of limits may be asked once under one ticket.
   * Redis being away is a verdict; what was charged before it went stays charged.
   * @throws StoreRefused for a bug.
   */
  async take(takes: readonly Take[], ticket?: Ticket): Promise<Verdict> {
    const verdict = await this.#take(takes, ticket);
    if (verdict.kind !== "allowed") this.#onRefusal(verdict.limit);
    return verdict;
  }

  async #take(takes: readonly Take[], ticket: Ticket | undefined): Promise<Verdict> {
    const never = takes.find((take) => this.#cell(take) === undefined);
    if (never !== undefined)
      return { kind: "refused", limit: never.limit, retryAfter: Number.POSITIVE_INFINITY, begins: false };
    const groups = this.#groups(takes);
    try {
      for (const [done, group] of groups.entries()) {
        const verdict = await this.#charge(group, ticket);
        if (verdict.kind === "allowed") continue;
        await this.#giveBack(groups.slice(0, done), "forget", ticket);
        return verdict;
      }
    } catch (error) {
      if (!(error instanceof StoreAway)) throw error;
      const closed = takes.find(({ limit }) => LIMITS[limit].whenAway === "closed");
      return closed === undefined ? ALLOWED : { kind: "away", limit: closed.limit };
    }
    return ALLOWED;
  }

  /**
   * Gives back what `take` took: what was to be counted didn't happen. Under a ticket once only, and asking again stays allowed.
   * @throws StoreAway; under a ticket it can be done again.
   */
  async giveBack(takes: readonly Take[], ticket?: Ticket): Promise<void> {
    await this.#giveBack(this.#groups(takes), "keep", ticket);
  }

  /**
   * Nobody will ask under this ticket again: what was taken stays taken, the answer is forgotten. Not waited for: what is left
   * when Redis is away goes by itself.
   */
  close(takes: readonly Take[], ticket: Ticket): void {
    for (const group of this.#groups(takes))
      this.#store.connection.command("DEL", this.#ticketName(group, ticket)).catch(() => undefined);
  }

  async #charge(group: Group, ticket: Ticket | undefined): Promise<Verdict> {
    const { connection, scripts } = this.#store;
    const { takes } = group;
    const args = takes.flatMap((take) => this.#numbers(take));
    const reply = await connection.call(scripts.gcra, this.#names(group, ticket), [TICKET_LIFE, ...args]);
    const [which, wait, begins] = Array.isArray(reply) ? reply : [];
    if (which === undefined) return ALLOWED;
    const refused = takes[Number(which) - 1];
    if (refused === undefined) throw new Error("gcra.lua refused a limit that it wasn't asked for");
    const retryAfter = Math.ceil(Number(wait) / A_MILLISECOND);
    return { kind: "refused", limit: refused.limit, retryAfter, begins: begins === 1 };
  }

  async #giveBack(groups: readonly Group[], mode: "keep" | "forget", ticket?: Ticket): Promise<void> {
    const { connection, scripts } = this.#store;
    for (const group of groups) {
      const increments = group.takes.map((take) => this.#cell(take)?.increment ?? 0);
      await connection.call(scripts.gcra_give, this.#names(group, ticket), [mode, ...increments]);
    }
  }

  /** The takes by slot, in their order. */
  #groups(takes: readonly Take[]): readonly Group[] {
    const groups = new Map<string, Take[]>();
    for (const take of takes) {
      const slot = slotOf(this.#store.vault.keyring, take);
      const group = groups.get(slot);
      if (group === undefined) groups.set(slot, [take]);
      else group.push(take);
    }
    return [...groups].map(([slot, of]) => ({ slot, takes: of }));
  }

  #names({ slot, takes }: Group, ticket: Ticket | undefined): readonly SlotKey<"l">[] {
    const { keyring } = this.#store.vault;
    const counters = takes.map(({ limit, scope }) => keys.limit(slot, limit, scopeName(keyring, scope)));
    return ticket === undefined ? counters : [...counters, this.#ticketName({ slot, takes }, ticket)];
  }

  #ticketName({ slot, takes }: Group, ticket: Ticket): SlotKey<"l"> {
    const question = `${ticket} ${takes.map(({ limit }) => limit).join(" ")}`;
    return keys.limitTicket(slot, this.#store.vault.keyring.limit("ticket", question));
  }

  /** Increment, window and pauses of a take, as gcra.lua wants them. */
  #numbers(take: Take): readonly number[] {
    const { increment, window } = this.#cell(take) ?? NEVER;
    const { first, longest } = this.#settings[take.limit].pause ?? NO_PAUSE;
    return [increment, window, first * A_MILLISECOND, longest * A_MILLISECOND];
  }

  #cell({ limit, cost }: Take): Cell | undefined {
    return cellOf(LIMITS[limit], this.#settings[limit], cost);
  }
}

/**
 * What an address and a person did is counted in a slot of theirs; all else in one, with what a phone is sent: so a text is charged
 * by one script.
 */
function slotOf(keyring: Keyring, { limit, scope }: Take): string {
  const isOwn = (scope.kind === "identity" || scope.kind === "person") && limit !== "smsPerPhone";
  return isOwn ? scopeName(keyring, scope) : keyring.limit("house", "");
}

function scopeName(keyring: Keyring, scope: Scope): string {
  switch (scope.kind) {
    case "identity":
      return keyring.limit("identity", `${scope.network} ${scope.address.expose()}`);
    case "person":
      return keyring.limit("person", scope.person);
    case "everybody":
      return keyring.limit("everybody", "");
    case "prefix":
      return keyring.limit("prefix", scope.prefix);
    case "account":
      return keyring.limit("account", scope.account);
    default:
      return assertNever(scope);
  }
}
