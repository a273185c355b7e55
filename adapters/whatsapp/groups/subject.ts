import type { Profile } from "../../../src/adapter/index.ts";

/** A group's subject may have so many UTF-16 code units, as the apps have it; WhatsApp refuses a longer one (406). */
const LONGEST = 100;

/** What a group is called, cut between graphemes where it is too long. */
export function subjectOf({ name, title = name }: Profile): string {
  let subject = "";
  for (const { segment } of new Intl.Segmenter().segment(title)) {
    if (subject.length + segment.length > LONGEST) break;
    subject += segment;
  }
  return subject;
}
