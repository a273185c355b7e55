/** What somebody can give away in a text. A `card` is a vCard; a `link` opens a chat with its owner on another service. */
export type GivenAwayKind = "phone" | "email" | "jid" | "mxid" | "link" | "card";

/** Where it stands: offsets in UTF-16 code units, `end` exclusive. The found text itself is never copied. */
export interface GivenAway {
  readonly kind: GivenAwayKind;
  readonly start: number;
  readonly end: number;
}

/** A stretch of a reading (`read`), in its own offsets. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** A stretch of a reading with what it is. */
export interface Finding extends Stretch {
  readonly kind: GivenAwayKind;
}

/** The stretches where a global pattern matches. */
export function stretches(text: string, pattern: RegExp): Stretch[] {
  return [...text.matchAll(pattern)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}
