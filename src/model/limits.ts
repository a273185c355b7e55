import type { Address } from "./address.ts";
import type { AccountId, NetworkName, PersonId } from "./ids.ts";
import type { Sensitive } from "./sensitive.ts";
import { DAY, HOUR, MINUTE, type Milliseconds, SECOND } from "./time.ts";

/** Who or what a limit counts, each with a budget of its own. */
export type Scope =
  /** An address on a network, whoever it belongs to. */
  | { readonly kind: "identity"; readonly network: NetworkName; readonly address: Sensitive<Address> }
  /** All linked addresses of a person together. */
  | { readonly kind: "person"; readonly person: PersonId }
  | { readonly kind: "everybody" }
  /** A range of phone numbers, see src/safety/destination.ts. */
  | { readonly kind: "prefix"; readonly prefix: string }
  /** One of the bridge's own accounts. */
  | { readonly kind: "account"; readonly account: AccountId };

/** After a refusal nothing is taken for a while, then the whole budget is there again; each further pause is twice as long. */
export interface Pause {
  readonly first: Milliseconds;
  /** The longest; pauses are forgotten as long after the end of the last one. */
  readonly longest: Milliseconds;
}

/** How much a limit allows: `budget` at once, and from nothing to a full budget in `per`, steadily. */
export interface LimitSetting {
  /** In units of what the limit counts; 0 allows nothing. */
  readonly budget: number;
  /** At most 24 h. */
  readonly per: Milliseconds;
  /** At most 24 h each; there exactly where the table has one. */
  readonly pause?: Pause;
}

/** A row of the table: all that there is to know of a limit. */
export interface LimitRow extends LimitSetting {
  /** What is counted, in the plural: one of them is a unit. */
  readonly counts: string;
  readonly scope: Scope["kind"];
  /**
   * Never more than `budget` in any span of `per`: half of it at once, the other half steadily. Without it such a span may see
   * up to twice the budget, as a full bucket refills while it is emptied.
   */
  readonly strict?: true;
  /** Whether it lets pass, or not, what it can't count because Redis is away. */
  readonly whenAway: "open" | "closed";
  /** Who hears of a refusal: the person who did it, the sender of a text that waits (as of any late text), or nobody. */
  readonly told: "person" | "sender" | "nobody";
  readonly why: string;
}

const TABLE = {
  messages: {
    counts: "messages in conversations",
    scope: "identity",
    budget: 30,
    per: MINUTE,
    pause: { first: MINUTE, longest: HOUR },
    whenAway: "open",
    told: "person",
    why: "A program gone wrong must not flood those it talks to; people don't write so fast",
  },
  personMessages: {
    counts: "messages in conversations",
    scope: "person",
    budget: 2_000,
    per: DAY,
    whenAway: "open",
    told: "person",
    why: "Linking more addresses gives nobody more than their share of a day",
  },
  newContacts: {
    counts: "requests to somebody new",
    scope: "person",
    budget: 20,
    per: DAY,
    whenAway: "closed",
    told: "person",
    why: "Spam is many first texts; a buyer who asks twenty sellers a day is served",
  },
  commands: {
    counts: "commands that the bridge answers",
    scope: "identity",
    budget: 20,
    per: MINUTE,
    pause: { first: MINUTE, longest: HOUR },
    whenAway: "open",
    told: "person",
    why: "Each answer costs work, and on SMS money. STOP is never counted",
  },
  wrongCodes: {
    counts: "handle or link codes that aren't in use",
    scope: "identity",
    budget: 5,
    per: DAY,
    pause: { first: HOUR, longest: DAY },
    whenAway: "closed",
    told: "person",
    why: "Who mistypes needs two or three tries, who guesses needs many: five an hour, then ever longer pauses",
  },
  wrongHandleCodes: {
    counts: "handle codes that aren't in use",
    scope: "everybody",
    budget: 5_000,
    per: HOUR,
    whenAway: "closed",
    told: "person",
    why: "Bounds guessing with more accounts than anyone can count; so high that a thousand of them can't shut the door for all",
  },
  wrongLinkCodes: {
    counts: "link codes that aren't in use",
    scope: "everybody",
    budget: 30,
    per: HOUR,
    whenAway: "closed",
    told: "person",
    why: "Link codes have eight digits, so guessing by many accounts must stop early; at worst linking waits an hour",
  },
  reservedCodes: {
    counts: "codes looked up although those over all have no room",
    scope: "identity",
    budget: 1,
    per: DAY,
    whenAway: "closed",
    told: "person",
    why: "Guessers who use up what is for all shut nobody out who types a code right",
  },
  linkCodes: {
    counts: "link codes given out",
    scope: "person",
    budget: 5,
    per: HOUR,
    whenAway: "closed",
    told: "person",
    why: "The fewer codes live at a time, the less a guess finds",
  },
  strangerAnswers: {
    counts: "answers to somebody who sent no code",
    scope: "identity",
    budget: 1,
    per: DAY,
    whenAway: "closed",
    told: "nobody",
    why: "One answer in 24 hours says all that there is to say; two programs that answer each other stop here",
  },
  smsPerPhone: {
    counts: "parts of texts to one phone",
    scope: "identity",
    budget: 300,
    per: DAY,
    whenAway: "closed",
    told: "sender",
    why: "Nobody spends all that a day may cost by making us text one phone",
  },
  smsPerPrefix: {
    counts: "parts of texts to a range of numbers",
    scope: "prefix",
    budget: 200,
    per: HOUR,
    whenAway: "closed",
    told: "sender",
    why: "SMS pumping (texts to numbers whose operator shares the fee with the caller) comes in ranges",
  },
  smsPerAccount: {
    counts: "parts of texts by one of our SMS accounts",
    scope: "account",
    budget: 1_000,
    per: HOUR,
    whenAway: "closed",
    told: "sender",
    why: "What a carrier lets one account send before it takes it for spam",
  },
  smsSpend: {
    counts: "what parts of texts cost (smsCosts)",
    scope: "everybody",
    budget: 2_000,
    per: DAY,
    strict: true,
    whenAway: "closed",
    told: "sender",
    why: "The most that SMS may cost in any 24 hours, whatever else goes wrong",
  },
} as const satisfies Readonly<Record<string, LimitRow>>;

/** A limit, as the config, the documents and Redis call it. */
export type LimitName = keyof typeof TABLE;

/** Every limit that there is; docs/limits.md and the `limits` of the config come from it. */
export const LIMITS: Readonly<Record<LimitName, LimitRow>> = TABLE;

/** The names of all limits, in the order of the table. */
export const LIMIT_NAMES = Object.keys(TABLE) as readonly LimitName[]; // the table's own keys

/** How much each limit allows here: the table's defaults with what the operator changed. */
export type LimitSettings = Readonly<Record<LimitName, LimitSetting>>;

/** So much of a limit, by the one it counts: each limit with a scope of its own kind. */
export type Take = {
  readonly [Name in LimitName]: {
    readonly limit: Name;
    readonly scope: Extract<Scope, { readonly kind: (typeof TABLE)[Name]["scope"] }>;
    /** In units of what the limit counts: a whole number of at least 1. */
    readonly cost: number;
  };
}[LimitName];

/** What became of taking. */
export type Verdict =
  | { readonly kind: "allowed" }
  | {
      readonly kind: "refused";
      /** The first of those asked that had no room. */
      readonly limit: LimitName;
      /** When it may be asked again; Infinity when so much can never be had. */
      readonly retryAfter: Milliseconds;
      /** A pause begins with this very refusal. */
      readonly begins: boolean;
    }
  /** Redis can't be asked, and this limit lets nothing pass that it can't count: try again, nobody is at fault. */
  | { readonly kind: "away"; readonly limit: LimitName };

/** The longest `per` and the longest pause: a counter lives at most twice as long (RECORDS: 48 h). */
export const LONGEST_SPAN: Milliseconds = DAY;
/** The shortest. */
export const SHORTEST_SPAN: Milliseconds = SECOND;
