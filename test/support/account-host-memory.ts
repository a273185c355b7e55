// How the house in memory recognises repeats and keeps the parts of messages.

import type { EventIdentity, Fragment, FragmentGroup, FragmentStore } from "../../src/adapter/index.ts";

/** Recognises repeats as the contract says: ids for ever, a fingerprint once for each arrival that it may repeat. */
export class Memory {
  readonly #ids = new Set<string>();
  readonly #arrivals: { fingerprint: string; session: string; order: number; spent: boolean }[] = [];

  /** True when this event was taken before. */
  isRepeat(identity: EventIdentity): boolean {
    if (identity.kind === "id") {
      const id = identity.id.expose();
      const known = this.#ids.has(id);
      this.#ids.add(id);
      return known;
    }
    const { session, order, repeats } = identity;
    const fingerprint = identity.fingerprint.expose();
    if (this.#arrivals.some((one) => one.session === session && one.order === order)) return true;
    const original = this.#arrivals.find(
      (one) =>
        one.fingerprint === fingerprint &&
        !one.spent &&
        repeats.some((past) => past.session === one.session && one.order > past.after),
    );
    this.#arrivals.push({ fingerprint, session, order, spent: false });
    if (original !== undefined) original.spent = true;
    return original !== undefined;
  }
}

/** Parts of messages, by their group. */
export class MemoryFragments implements FragmentStore {
  readonly #memory: Memory;
  readonly #groups = new Map<string, { group: FragmentGroup; until: number; name: string }>();
  #last = 0;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  async add(fragment: Fragment, ttl: number) {
    const name = fragment.group.expose();
    const known = [...this.#groups.values()].find((one) => one.name === name);
    const again =
      known?.group.parts.length === fragment.total
        ? { kind: "complete" as const, group: known.group }
        : { kind: "duplicate" as const };
    if (this.#memory.isRepeat(fragment.identity)) return again;
    const { total, at, index, payload } = fragment;
    const entry = known ?? {
      group: { id: `group-${++this.#last}`, total, at, parts: [] },
      until: Date.now() + ttl,
      name,
    };
    if (entry.group.parts.some((part) => part.index === index)) return again;
    const parts = [...entry.group.parts, { index, payload }].toSorted((a, b) => a.index - b.index);
    entry.group = { ...entry.group, parts };
    this.#groups.set(entry.group.id, entry);
    if (parts.length < total) return { kind: "stored" as const };
    return { kind: "complete" as const, group: entry.group };
  }

  async drop(id: string) {
    this.#groups.delete(id);
  }

  async due() {
    const now = Date.now();
    return [...this.#groups.values()]
      .filter(({ group, until }) => group.parts.length === group.total || until <= now)
      .map(({ group }) => group);
  }
}
