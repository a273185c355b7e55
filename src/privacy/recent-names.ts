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
  /** By domain and first part, then by the second: no text is put together to look one up. */
  readonly #names = new Map<LookupDomain, Map<string, Map<string, string>>>();
  #size = 0;

  /** As `lookupName`. */
  of(pepper: KeyObject, domain: LookupDomain, a: string, b: string): string {
    if (pepper !== this.#pepper || this.#size >= MOST) this.clear();
    this.#pepper = pepper;
    const names = within(within(this.#names, domain), a);
    const known = names.get(b);
    if (known !== undefined) return known;
    const name = lookupName(pepper, domain, a, b);
    names.set(b, name);
    this.#size += 1;
    return name;
  }

  clear(): void {
    this.#names.clear();
    this.#size = 0;
  }
}

function within<K, Inner extends Map<string, unknown>>(maps: Map<K, Inner>, key: K): Inner {
  let inner = maps.get(key);
  if (inner === undefined) {
    inner = new Map() as Inner; // empty, so of any kind
    maps.set(key, inner);
  }
  return inner;
}
