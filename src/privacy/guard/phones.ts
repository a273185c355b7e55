import { type CountryCode, type PhoneNumber, parsePhoneNumberFromString } from "libphonenumber-js/min";
import { type Run, runsOf } from "./digit-runs.ts";
import type { Stretch } from "./found.ts";
import {
  countSpelt,
  endsShort,
  isLargeNumber,
  isNorthAmerican,
  isRound,
  isSeries,
  isShapedForCue,
  isTidy,
  spaced,
} from "./group-shapes.ts";
import { withoutOtherNumbers } from "./not-phones.ts";
import { CUE_AFTER, CUE_BEFORE } from "./words.ts";

/** E.164 allows no more; with `00` before it, two more. */
const LONGEST = 15;
const SHORTEST = 7;
/** How far a cue like "call me" is looked for, in characters. */
const CUE_REACH = 48;
/** At most this often the metadata is asked for one text, 0.1 ms each: nobody writes so many numbers to be reached. */
const MOST_QUESTIONS = 300;

/** What is known while one text is searched. */
interface Search {
  readonly text: string;
  readonly country: CountryCode | undefined;
  questions: number;
}

/** Groups of a run that follow each other and may be a phone number. */
interface Candidate {
  readonly groups: Run;
  readonly digits: string;
  /** Where its last group is in the run. */
  readonly last: number;
  /** No further digits follow closely, or so few that they can't belong to it. */
  readonly closed: boolean;
}

/**
 * Finds phone numbers in a reading: the search of libphonenumber knows neither words nor other disguises, and takes many prices
 * and sizes for numbers (decision 009).
 * @param apart stretches that are something else already (a web address), not looked into.
 * @param country whose national numbers are known, beside what looks like a phone number anywhere.
 */
export function findPhones(text: string, apart: readonly Stretch[], country?: CountryCode): Stretch[] {
  const search: Search = { text, country, questions: MOST_QUESTIONS };
  return runsOf(withoutOtherNumbers(text, apart)).flatMap((run) => phonesOf(run, search));
}

function phonesOf(run: Run, search: Search): Stretch[] {
  const found: Stretch[] = [];
  for (let first = 0; first < run.length; first++) {
    const candidate = beginsNumber(run, first) ? phoneFrom(candidatesFrom(run, first), search) : undefined;
    if (candidate === undefined) continue;
    found.push(stretchOf(candidate, search.text));
    first = candidate.last;
  }
  return found;
}

/** A number begins a run, or shows that it begins: by a zero, a wider gap before it, or many digits at once. */
function beginsNumber(run: Run, at: number): boolean {
  const group = run[at];
  if (at === 0 || group === undefined) return true;
  return group.gap !== "tight" || group.digits.startsWith("0") || group.digits.length >= 6;
}

/** Everything of a possible length that begins with the group `first`, the longest before the others. */
function candidatesFrom(run: Run, first: number): Candidate[] {
  const candidates: Candidate[] = [];
  let digits = "";
  for (let last = first; last < run.length; last++) {
    digits += run[last]?.digits ?? "";
    if (digits.length > LONGEST + 2) break;
    if (digits.length < SHORTEST) continue;
    candidates.push({ groups: run.slice(first, last + 1), digits, last, closed: isClosed(run, last) });
  }
  return candidates.reverse();
}

function isClosed(run: Run, last: number): boolean {
  const [group, next] = [run[last], run[last + 1]];
  if (group === undefined || next === undefined || next.gap !== "tight") return true;
  return group.digits.length >= 3 && next.digits.length <= 2;
}

function phoneFrom(candidates: readonly Candidate[], search: Search): Candidate | undefined {
  if (candidates[0]?.groups[0]?.plus !== true) return candidates.find((each) => isPhone(each, search));
  // A plus says so itself: even a number that can't exist is one, but a possible one is where it ends.
  const likely = candidates.filter((each) => each.digits.length <= LONGEST && !isLargeNumber(each.groups));
  return (
    likely.find((each) => ask(search, `+${each.digits}`)?.isPossible()) ??
    likely.find((each) => each.closed && each.digits.length > SHORTEST && ask(search, `+${each.digits}`))
  );
}

function isPhone(candidate: Candidate, search: Search): boolean {
  const { groups, digits, closed } = candidate;
  if (isSeries(groups)) return false;
  if (/^00[1-9]/.test(digits) && ask(search, `+${digits.slice(2)}`)?.isPossible()) return true;
  if (digits.length > LONGEST) return false;
  if (closed && countSpelt(groups) >= SHORTEST) return true;
  if (closed && isShapedForCue(groups) && hasCue(groups, search.text)) return true;
  if (isLargeNumber(groups) && !isWrittenAsAtHome(candidate, search)) return false;
  if (/^0[1-9]/.test(digits)) return isWithTrunkZero(candidate, search);
  if (!closed || groups.slice(1).some((group) => group.gap !== "tight")) return false;
  return isNorthAmerican(groups) || isNational(candidate, search) || isBareInternational(candidate, search);
}

/** Whether somebody speaks of phoning right before or after. */
function hasCue(groups: Run, text: string): boolean {
  const [from, to] = [groups[0]?.start ?? 0, groups.at(-1)?.end ?? 0];
  return (
    CUE_BEFORE.test(text.slice(Math.max(0, from - CUE_REACH), from)) ||
    CUE_AFTER.test(text.slice(to, to + CUE_REACH))
  );
}

/** Grouped as the country groups it: `71 124 763` is an everyday number in Botswana. */
function isWrittenAsAtHome({ groups, digits }: Candidate, search: Search): boolean {
  const national = ask(search, digits, search.country)?.formatNational();
  return national?.replace(/\D+/g, " ").trim() === spaced(groups);
}

/** With the zero that most countries put before a number inside the country. */
function isWithTrunkZero({ digits, groups, closed }: Candidate, search: Search): boolean {
  if (!isTidy(groups)) return false;
  if (digits.length === 10 || digits.length === 11) return true;
  return closed && digits.length > SHORTEST && ask(search, digits, search.country)?.isValid() === true;
}

function isNational(candidate: Candidate, search: Search): boolean {
  const { digits, groups } = candidate;
  if (search.country === undefined || !isTidy(groups) || isRound(groups)) return false;
  if (endsShort(groups) && !isWrittenAsAtHome(candidate, search)) return false;
  const number = ask(search, digits, search.country);
  if (number?.isValid() !== true) return false;
  // Where a zero comes first it is seldom left out, but in long mobile numbers.
  const hasTrunk = number.formatNational().replace(/\D/g, "").length > digits.length;
  return !hasTrunk || digits.length === 10 || digits.length === 11;
}

/** As it stands in a chat link: with the country's code, without a plus. */
function isBareInternational({ digits, groups }: Candidate, search: Search): boolean {
  if (digits.length < 11 || digits.length > 13 || !isTidy(groups)) return false;
  return ask(search, `+${digits}`)?.isValid() === true;
}

/** What the metadata knows of a number; nothing once a text has asked too often. */
function ask(search: Search, number: string, country?: CountryCode): PhoneNumber | undefined {
  if (search.questions === 0) return undefined;
  search.questions--;
  return country === undefined
    ? parsePhoneNumberFromString(number)
    : parsePhoneNumberFromString(number, country);
}

/** With the bracket that opens before the first digits. */
function stretchOf({ groups }: Candidate, text: string): Stretch {
  const [start, end] = [groups[0]?.start ?? 0, groups.at(-1)?.end ?? 0];
  const opens = text[start - 1] === "(" && text.slice(start, end).includes(")");
  return { start: opens ? start - 1 : start, end };
}
