import { IntakeRefused } from "../adapter/errors.ts";
import type { FragmentStore } from "../adapter/storage.ts";
import { type Milliseconds, SECOND } from "../model/time.ts";
import { KeyNotReady } from "../privacy/errors.ts";
import { StoreAway, StoreFull } from "../store/redis/errors.ts";
import type { House } from "./house.ts";

/** How long what comes in waits for Redis to come back before its network is told to come again. */
const PATIENCE: Milliseconds = 25 * SECOND;

/** Says whether the pipeline takes events now; while Redis restarts it waits. */
export interface Door {
  /** Resolves when the pipeline is in step with Redis; rejects after `patience` ms, or when it stops. */
  open(patience: Milliseconds): Promise<void>;
  readonly isOpen: boolean;
}

/**
 * Stores something that came in, again and again while Redis is away: so `write` must change nothing when it was done before.
 * @throws IntakeRefused when it can't be stored in time, or there is no room for it.
 */
export async function patiently<T>(
  { clock, store }: House,
  door: Door,
  write: () => Promise<T>,
  patience: Milliseconds = PATIENCE,
): Promise<T> {
  const end = clock.monotonic() + patience;
  for (;;) {
    if (!door.isOpen) await door.open(Math.max(0, end - clock.monotonic()));
    try {
      return await write();
    } catch (error) {
      if (error instanceof StoreFull) throw new IntakeRefused("store-full", { cause: error });
      if (error instanceof KeyNotReady) await store.vault.keyring.prepare();
      else if (!(error instanceof StoreAway)) throw error;
    }
  }
}

/** Parts of messages are stored as patiently as whole ones. `door` is asked for when the first comes. */
export function patientFragments(house: House, door: () => Door, stored: FragmentStore): FragmentStore {
  return {
    add: async (fragment, ttl) => patiently(house, door(), () => stored.add(fragment, ttl)),
    drop: (id) => stored.drop(id),
    due: () => stored.due(),
  };
}
