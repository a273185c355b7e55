import type { FamilyName } from "../src/store/families.ts";

/** Families of keys together, as a person would call them. */
export interface Group {
  readonly title: string;
  /** `passing`: gone when its text is delivered. `timed`: a TTL ends it. `standing`: it goes with what owns it. */
  readonly kind: "passing" | "timed" | "standing";
  /** When it goes, in words; a timed one has its TTL. */
  readonly goes: string;
}

const GROUPS = {
  in: { title: "texts on their way in", kind: "passing", goes: "when decided" },
  out: { title: "texts on their way out", kind: "passing", goes: "when delivered" },
  parts: { title: "parts of long texts", kind: "passing", goes: "when whole" },
  receipts: { title: "receipts on their way in", kind: "passing", goes: "when merged" },
  parked: { title: "parked, buried", kind: "passing", goes: "when answered, or in 20 h" },
  seen: { title: "ids seen, against doubles", kind: "timed", goes: "" },
  map: { title: "which text is which (sealed)", kind: "timed", goes: "" },
  limits: { title: "what was counted, for limits", kind: "timed", goes: "" },
  links: { title: "link codes (sealed)", kind: "timed", goes: "" },
  talks: { title: "conversations (sealed)", kind: "standing", goes: "when they are closed" },
  requests: { title: "what ends by time", kind: "standing", goes: "when it has ended" },
  people: { title: "persons (sealed)", kind: "standing", goes: "when they are forgotten" },
  handles: { title: "handles (sealed by code)", kind: "standing", goes: "when they are ended" },
  numbers: { title: "which number for which phone", kind: "standing", goes: "30 days after the end" },
  optOuts: { title: "who wants no texts", kind: "standing", goes: "at START" },
  accounts: { title: "the accounts, the schema", kind: "standing", goes: "with the account" },
} as const satisfies Readonly<Record<string, Group>>;

/** Which group each family of keys.ts is in: a new family doesn't compile without its place. */
const GROUP_OF: Readonly<Record<FamilyName, keyof typeof GROUPS>> = {
  ...{ lane: "in", lanesDue: "in", laneFences: "in" },
  ...{ delivery: "out", leg: "out", legsDue: "out", legFences: "out" },
  ...{ fragments: "parts", fragmentsDue: "parts" },
  ...{ receipts: "receipts", receiptsDue: "receipts" },
  ...{ parked: "parked", buried: "parked", buriedEvents: "parked", buriedEventsDue: "parked" },
  ...{ dedupe: "seen", fingerprint: "seen", sinceCursor: "seen" },
  ...{ map: "map", refs: "map" },
  ...{ limit: "limits", limitTicket: "limits" },
  ...{ personLink: "links", linkCode: "links" },
  ...{ conversation: "talks", pairs: "talks", chat: "talks" },
  timers: "requests",
  ...{ person: "people", identity: "people" },
  handle: "handles",
  ...{ numberPairs: "numbers", numberLoads: "numbers" },
  optOuts: "optOuts",
  ...{ meta: "accounts", accountStorage: "accounts", accountLease: "accounts" },
};

/** All groups, in the order in which they are shown. */
export const ALL_GROUPS: readonly Group[] = Object.values(GROUPS);

/** The group of a family by its name; undefined for a name that is none. */
export function groupOf(family: string): Group | undefined {
  const group = (GROUP_OF as Readonly<Record<string, keyof typeof GROUPS>>)[family]; // any name may be asked for
  return group && GROUPS[group];
}
