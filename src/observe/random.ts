import { randomFillSync } from "node:crypto";
import type { Random } from "../model/time.ts";

/** Octets fetched from the system at a time: 1,024 GCM nonces. */
const POOL = 12 * 1024;
/** Larger requests get a buffer of their own. */
const LARGE = POOL / 4;
/** `fraction()` uses this many octets; 48 bits fit a double without rounding up to 1. */
const FRACTION_OCTETS = 6;

/**
 * Strong randomness from node:crypto, fetched in pools since a call for 12 octets costs as much as one for 12 KiB.
 * What is handed out is a slice that nobody else has: a pool is never filled again, so its holder may keep or wipe it.
 */
export function createRandom(): Random {
  let pool = Buffer.alloc(0);
  let used = 0;
  const bytes = (length: number): Buffer => {
    if (!Number.isSafeInteger(length) || length < 0)
      throw new RangeError("a number of octets is a whole number from 0 on");
    if (length > LARGE) return randomFillSync(Buffer.allocUnsafeSlow(length));
    if (used + length > pool.length) {
      pool = randomFillSync(Buffer.allocUnsafeSlow(POOL));
      used = 0;
    }
    used += length;
    return pool.subarray(used - length, used);
  };
  return { bytes, fraction: () => bytes(FRACTION_OCTETS).readUIntBE(0, FRACTION_OCTETS) / 2 ** 48 };
}
