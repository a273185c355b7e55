import { hash } from "node:crypto";
import type { Progress } from "../../../src/adapter/index.ts";
import { sensitive } from "../../../src/model/index.ts";
import type { Segments } from "../text/segment.ts";

/** How far a message in several parts got. It is durable before its first octet leaves. */
export interface PartsProgress {
  /** The concatenation reference in the user data header of each part. */
  readonly reference: number;
  /** Which text it is: a text that was edited meanwhile starts anew. */
  readonly digest: string;
  /** The SMSC's id of each part that it took, by index from 1; empty where it gave none. */
  readonly taken: Readonly<Record<number, string>>;
}

/** Names a text and how it was cut. */
export function digestOf(segments: Segments): string {
  return hash("sha256", JSON.stringify([segments.coding, segments.parts]), "base64url").slice(0, 16);
}

/** The note for `Attempt.progress`. */
export function writeProgress(progress: PartsProgress): Progress {
  return sensitive(JSON.stringify(progress));
}

/** Reads a note, if it is about this text. */
export function readProgress(note: Progress | undefined, digest: string): PartsProgress | undefined {
  if (note === undefined) return undefined;
  try {
    // Our own note; what matters of it is checked below.
    const value = JSON.parse(note.expose()) as Partial<PartsProgress> | null;
    if (value === null || value.digest !== digest || typeof value.taken !== "object") return undefined;
    if (!Number.isInteger(value.reference)) return undefined;
    return { reference: Number(value.reference) & 0xff, digest, taken: { ...value.taken } };
  } catch {
    return undefined;
  }
}
