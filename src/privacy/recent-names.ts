import type { KeyObject } from "node:crypto";
import { type LookupDomain, lookupName } from "./lookups.ts";

/** More than a busy bridge meets in a few minutes; then all begins anew. */
const MOST = 4_096;

/**
 * Names that were made lately under one pepper. The same chats, phones and accounts come again with every message, and each
 * HMAC costs 3 us: of a text to a phone, a tenth of all. What it holds in memory is in the cache of conversations as well; it is
 * emptied every few minutes, so that nobody stays in it for long.
 */
export class RecentNames {
  #pepper: KeyObject | undefined;
  readonly #names = new Map<string, string>();

  /** As `lookupName`. */
  of(pepper: KeyObject, domain: LookupDomain, a: string, b: string): string {
    if (pepper !== this.#pepper || this.#names.size >= MOST) this.clear();
    this.#pepper = pepper;
    const parts = `${domain} ${a.length} ${a} ${b}`;
    const known = this.#names.get(parts);
    if (known !== undefined) return known;
    const name = lookupName(pepper, domain, a, b);
    this.#names.set(parts, name);
    return name;
  }

  clear(): void {
    this.#names.clear();
  }
}
