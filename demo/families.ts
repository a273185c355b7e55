import type { AccountId, ChatKey, ConversationId, DeliveryId, LegId, PersonId } from "../src/model/ids.ts";
import { keys } from "../src/store/keys.ts";

/** A family of keys, as a person would call it. */
export interface Family {
  readonly title: string;
  /** `passing`: gone when its text is delivered. `timed`: a TTL ends it. `standing`: it goes with what owns it. */
  readonly kind: "passing" | "timed" | "standing";
  /** When it goes, in words; a timed one has its TTL. */
  readonly goes: string;
  /** Whether a key belongs to it. */
  readonly has: (key: string) => boolean;
}

const ACCOUNTS = ["matrix", "sms"] as AccountId[]; // the names in the demo's own config
/** Stands where an id would. The names are only compared: no such record is ever asked for. */
const ANY = "*";
const [chat, delivery, leg, conversation, person] = Array<string>(5).fill(ANY) as [
  ChatKey,
  DeliveryId,
  LegId,
  ConversationId,
  PersonId,
];
/** Stands where a period and its bucket would. */
const PERIOD = 987_654_321;
const BUCKET = Buffer.alloc(12);

/** Families by the names that keys.ts gives them, so that a key which it doesn't name belongs to none. */
export const FAMILIES: readonly Family[] = [
  passing("texts on their way in", "when decided", [
    ...both(keys.lanesDue),
    ...both(keys.laneFences),
    ...both((account) => keys.lane(account, chat)),
  ]),
  passing("texts on their way out", "when delivered", [
    keys.delivery(delivery),
    keys.leg(leg),
    ...both(keys.legsDue),
    ...both(keys.legFences),
  ]),
  passing("parts of long texts", "when whole", [
    ...both(keys.fragmentsDue),
    ...both((account) => keys.fragments(account, ANY)),
  ]),
  passing("receipts on their way in", "when merged", [...both(keys.receiptsDue), ...both(keys.receipts)]),
  passing("parked, buried", "when answered, or in 20 h", [
    keys.parked,
    keys.buried,
    keys.timers,
    ...both(keys.buriedEventsDue),
    ...both(keys.buriedEvents),
  ]),
  family("timed", "ids seen, against doubles", "", [
    ...both((account) => keys.dedupe(account, PERIOD, BUCKET)),
    ...both((account) => keys.fingerprint(account, ANY)),
  ]),
  family("timed", "which text is which (sealed)", "", [keys.map(PERIOD, BUCKET), keys.refs(PERIOD, BUCKET)]),
  family("timed", "what was counted, for the limits", "", [
    keys.limit(ANY, ANY, ANY),
    keys.limitTicket(ANY, ANY),
  ]),
  family("standing", "the conversation (sealed)", "with the conversation", [
    keys.conversation(conversation),
    keys.pairs,
    keys.chat(chat),
  ]),
  family("standing", "the two persons (sealed)", "when they are forgotten", [
    keys.person(person),
    keys.identity(ANY, ANY),
    keys.numberPairs(ANY, ANY),
    keys.optOuts(ANY),
  ]),
  family("standing", "the accounts, the schema", "with the account", [
    keys.meta,
    ...both(keys.accountStorage),
    ...both(keys.accountLease),
    ...both(keys.sinceCursor),
  ]),
];

function passing(title: string, goes: string, names: readonly string[]): Family {
  return family("passing", title, goes, names);
}

function family(kind: Family["kind"], title: string, goes: string, names: readonly string[]): Family {
  const patterns = names.map(patternOf);
  return { kind, title, goes, has: (key) => patterns.some((pattern) => pattern.test(key)) };
}

function both(name: (account: AccountId) => string): string[] {
  return ACCOUNTS.map(name);
}

function patternOf(name: string): RegExp {
  const [start = "", end] = name.split(String(PERIOD));
  const known = end === undefined ? start : `${start}${ANY}`;
  return new RegExp(`^${known.split(ANY).map(literally).join("[^{}]+")}$`);
}

function literally(name: string): string {
  return name.replaceAll(/[^\w:]/g, "\\$&");
}
