import type { Seen } from "../player.ts";
import type { Act, Deed } from "../transcript.ts";

/** Somebody with a real client, or a phone at the SMSC. */
export interface Person {
  readonly address: string;
  /** What they write is taken in when this resolves. */
  writes(place: string, text: string): Promise<void>;
  does(place: string, deed: Deed, to: string): Promise<void>;
  /** It is taken in when this resolves. */
  acts(place: string, act: Act): Promise<void>;
  /** How a text looks on their screen. */
  looks(text: string): string;
  shown(): ReadonlyMap<string, readonly Seen[]>;
  /** Resolves when they see all that their network has for them. */
  caughtUp(): Promise<void>;
  leave(): void;
}
