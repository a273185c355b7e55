import { assertNever } from "../assert-never.ts";
import type { FrontDoor } from "./words.ts";

/** A handle as its owner's list shows it. `until`: a day; undefined: until it is ended. */
export interface ListedHandle {
  readonly label: string;
  readonly code: string;
  readonly until: string | undefined;
}

/** What the owner of handles is told. */
export interface HandleTexts {
  /** With one line for each network on which strangers can reach us. */
  handleMade(made: ListedHandle & { doors: readonly FrontDoor[] }): string;
  handles(list: { handles: readonly ListedHandle[] }): string;
  /** For a web page, or a square code on a poster. */
  handleLinks(handle: { label: string; links: readonly string[] }): string;
  handleEnded(handle: { label: string }): string;
  noSuchHandle(handle: { label: string }): string;
  /** A label names one handle of a person at a time. */
  handleExists(handle: { label: string }): string;
  /** A label that guests would take for the bridge. */
  labelRefused(handle: { label: string }): string;
  tooManyHandles(limit: { most: number }): string;
  /** They sent the code of one of their own. */
  ownHandle(handle: { label: string }): string;
}

/** In English. */
export const handlesEnglish: HandleTexts = {
  handleMade: ({ label, code, until, doors }) =>
    [
      `Handle for "${label}": ${code}${untilText(until)}. Put one of these in your ad:`,
      ...doors.map((door) => adLine(door, code)),
      `People see "${label}" and nothing else about you. "handle off ${label}" ends it, "handles" lists them.`,
    ].join("\n"),
  handles: ({ handles }) =>
    handles.length === 0
      ? 'You have no handles. "handle new bike for 30d" makes one.'
      : handles.map(({ label, code, until }) => `"${label}": ${code}${untilText(until)}`).join("\n"),
  handleLinks: ({ label, links }) =>
    links.length === 0
      ? `Nobody can reach "${label}" by a link: no network here has one.`
      : [`Links to "${label}":`, ...links].join("\n"),
  handleEnded: ({ label }) => `"${label}" has ended: its code isn't in use any more. Conversations go on.`,
  noSuchHandle: ({ label }) => `You have no handle "${label}". "handles" lists them.`,
  handleExists: ({ label }) =>
    `You have a handle "${label}". End it with "handle off ${label}", or take another label.`,
  labelRefused: ({ label }) =>
    `Not made: "${label}" could be taken for the bridge itself. Take another label.`,
  tooManyHandles: ({ most }) => `You have ${most} handles, which is the most. "handle off LABEL" ends one.`,
  ownHandle: ({ label }) => `That is your own handle "${label}": others reach you by it.`,
};

function untilText(until: string | undefined): string {
  return until === undefined ? "" : ` (until ${until})`;
}

function adLine(door: FrontDoor, code: string): string {
  switch (door.kind) {
    case "number":
      return `Text ${code} to ${door.number}`;
    case "link":
      return `${door.network}: ${door.url}${code}`;
    case "user":
      return `${door.network}: message ${door.user} and send ${code}`;
    default:
      return assertNever(door);
  }
}
