// Which transcripts are played with somebody on WhatsApp who is on another network in them, and why the others aren't. What is
// said there in other words, or goes another way, has transcripts of its own.

import type { Chapter, Transcript } from "./cast.ts";
import { withPhonesMoved, withRoomsMoved } from "./moved.ts";
import { linesOf } from "./transcript.ts";
import { ALL } from "./transcripts/all.ts";

type Reason = (transcript: Transcript) => boolean;

const writes =
  (pattern: RegExp): Reason =>
  ({ lines }) =>
    pattern.test(lines);
const isCalled =
  (...names: readonly string[]): Reason =>
  ({ name }) =>
    names.includes(name);

/** Why a transcript with phones is another one on WhatsApp. */
const PHONES_DIFFER: Readonly<Record<string, Reason>> = {
  "STOP is a message there": writes(/-> STOP/),
  "two conversations of one phone have one chat there": writes(/From now on they text you from/),
  "a text without an answer is sent again under its id, so that nobody is asked": writes(/phones: silent/),
  "the weakest hop stays Matrix when somebody goes on there": isCalled(
    "goes on where they wrote, or where they prefer; from either it is the same conversation",
    "goes on where they wrote by the code of the handle",
    "is told where they last wrote, and goes on there",
    "isn't sent from the room in which it was written, and that is said there; the other account goes on",
    "waits on when it is another account that is unlinked",
  ),
};

/** Why a transcript with a seller in rooms is another one on WhatsApp. */
const ROOMS_DIFFER: Readonly<Record<string, Reason>> = {
  "their chat is never one that can't be read": writes(/!> /),
  "links are between other networks then": writes(/seller *-> link/),
  "several conversations have one chat there": (transcript) => placesOf(transcript, "seller") > 1,
  "what they quote says whom a text is for": writes(/seller \[.*\] *>> /),
  "who asks from there is a guest on WhatsApp": isCalled(
    "keeps whoever blocked somebody from reaching them at their handle",
  ),
  "they answer from the desk, where the chat is none any more": isCalled(
    "keeps what the other account has when they unlink; what was only on the one that left is closed",
    "isn't sent to somebody who left the conversation by it",
  ),
};

/** The chapters with all phones in them on WhatsApp. */
export const PHONES_MOVED: readonly Chapter[] = moved(
  ({ cast }) => Object.values(cast).includes("sms"),
  PHONES_DIFFER,
  withPhonesMoved,
);

/** The chapters with their seller on WhatsApp. */
export const SELLER_MOVED: readonly Chapter[] = moved(
  ({ cast }) => cast.seller === "matrix",
  ROOMS_DIFFER,
  (transcript) => withRoomsMoved(transcript, "seller"),
);

/** The reasons for which no transcript is left out: nobody needs them. */
export function idleReasons(): readonly string[] {
  const all = ALL.flatMap(({ transcripts }) => transcripts);
  return Object.entries({ ...PHONES_DIFFER, ...ROOMS_DIFFER }).flatMap(([why, holds]) =>
    all.some(holds) ? [] : [why],
  );
}

function moved(
  isMeant: Reason,
  differ: Readonly<Record<string, Reason>>,
  move: (transcript: Transcript) => Transcript,
): readonly Chapter[] {
  const reasons = Object.values(differ);
  const isPlayed = (each: Transcript): boolean => isMeant(each) && !reasons.some((holds) => holds(each));
  return ALL.map(({ about, transcripts }) => ({
    about,
    transcripts: transcripts.filter(isPlayed).map(move),
  })).filter(({ transcripts }) => transcripts.length > 0);
}

function placesOf({ lines }: Transcript, who: string): number {
  const places = linesOf(lines).flatMap((line) => ("place" in line && line.who === who ? [line.place] : []));
  return new Set(places).size - 1; // the bridge's own isn't one
}
