// Who plays in a transcript, and where.

/** The networks that transcripts are played on. */
export type Network = "matrix" | "sms" | "whatsapp";

/** Who is on which network. */
export type Cast = Readonly<Record<string, Network>>;

/** The bridge's numbers as transcripts have them: the front door, and a pool. */
export const DOCUMENTED_NUMBERS: readonly string[] = ["+1 555 0100", "+1 555 0111"];

/** Only the front door: conversations share it. */
export const ONE_NUMBER: readonly string[] = DOCUMENTED_NUMBERS.slice(0, 1);

/** A transcript with all that is needed to play it. */
export interface Transcript {
  /** What it shows, as a sentence. */
  readonly name: string;
  readonly cast: Cast;
  /** As `DOCUMENTED_NUMBERS` when they are left out. */
  readonly numbers?: readonly string[];
  readonly lines: string;
  /** It differs from another one only in how something is typed: it isn't played on slow stages. */
  readonly isVariant?: true;
}

/** Without the variants. */
export function mainOnes({ about, transcripts }: Chapter): Chapter {
  return { about, transcripts: transcripts.filter(({ isVariant }) => isVariant !== true) };
}

/** Transcripts about one thing. */
export interface Chapter {
  readonly about: string;
  readonly transcripts: readonly Transcript[];
}
