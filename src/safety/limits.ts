import { assertNever } from "../model/assert-never.ts";
import type { AccountId, PersonId } from "../model/ids.ts";
import { LIMITS, type LimitName, type Scope, type Take, type Verdict } from "../model/limits.ts";
import type { Milliseconds } from "../model/time.ts";
import type { Destination } from "./destination.ts";

type Identity = Extract<Scope, { readonly kind: "identity" }>;

/** What somebody does, or makes us do, that is limited. */
export type LimitedAct =
  | { readonly kind: "message"; readonly from: Identity; readonly person: PersonId }
  | { readonly kind: "command"; readonly from: Identity }
  /** Taken before codes are looked up, and given back for each that is in use: so only wrong ones count. */
  | {
      readonly kind: "codes";
      readonly codes: "handle" | "link";
      readonly from: Identity;
      /** How many are looked up. */
      readonly count: number;
    }
  /** One code, when a limit over all refused it: so that nobody can shut the others out. */
  | { readonly kind: "reserved-code"; readonly from: Identity }
  | { readonly kind: "new-contact"; readonly person: PersonId }
  | { readonly kind: "link-code"; readonly person: PersonId }
  | { readonly kind: "stranger-answer"; readonly to: Identity }
  | {
      readonly kind: "sms";
      readonly account: AccountId;
      readonly to: Identity;
      readonly destination: Extract<Destination, { readonly kind: "ordinary" }>;
      /** Of the text, as it goes out. */
      readonly parts: number;
    };

const EVERYBODY = { kind: "everybody" } as const;

/** What an act takes of which limits: the narrow ones first, so that who has nothing left takes nothing of the others'. */
export function takesOf(act: LimitedAct): readonly Take[] {
  switch (act.kind) {
    case "message":
      return [
        { limit: "messages", scope: act.from, cost: 1 },
        { limit: "personMessages", scope: { kind: "person", person: act.person }, cost: 1 },
      ];
    case "command":
      return [{ limit: "commands", scope: act.from, cost: 1 }];
    case "codes":
      return [
        { limit: "wrongCodes", scope: act.from, cost: act.count },
        act.codes === "handle"
          ? { limit: "wrongHandleCodes", scope: EVERYBODY, cost: act.count }
          : { limit: "wrongLinkCodes", scope: EVERYBODY, cost: act.count },
      ];
    case "reserved-code":
      return [
        { limit: "wrongCodes", scope: act.from, cost: 1 },
        { limit: "reservedCodes", scope: act.from, cost: 1 },
      ];
    case "new-contact":
      return [{ limit: "newContacts", scope: { kind: "person", person: act.person }, cost: 1 }];
    case "link-code":
      return [{ limit: "linkCodes", scope: { kind: "person", person: act.person }, cost: 1 }];
    case "stranger-answer":
      return [{ limit: "strangerAnswers", scope: act.to, cost: 1 }];
    case "sms":
      return smsTakes(act);
    default:
      return assertNever(act);
  }
}

function smsTakes({
  account,
  to,
  destination,
  parts,
}: Extract<LimitedAct, { readonly kind: "sms" }>): readonly Take[] {
  const { prefix, cost } = destination;
  const counted: readonly Take[] = [
    { limit: "smsPerPhone", scope: to, cost: parts },
    { limit: "smsPerPrefix", scope: { kind: "prefix", prefix }, cost: parts },
    { limit: "smsPerAccount", scope: { kind: "account", account }, cost: parts },
  ];
  return cost === 0 ? counted : [...counted, { limit: "smsSpend", scope: EVERYBODY, cost: parts * cost }];
}

/** What the person who did it is to be told. */
interface LimitNotice {
  readonly limit: LimitName;
  /** From now; Infinity: never, as it is. */
  readonly retryAfter: Milliseconds;
}

/** Whether and what a person is told of a verdict: of a pause once, when it begins; of the other spoken limits each time. */
export function noticeOf(verdict: Verdict): LimitNotice | undefined {
  if (verdict.kind !== "refused") return undefined;
  const { limit, retryAfter, begins } = verdict;
  const row = LIMITS[limit];
  if (row.told !== "person") return undefined;
  return row.pause === undefined || begins ? { limit, retryAfter } : undefined;
}
