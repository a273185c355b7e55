import { createHash } from "node:crypto";

/** The LID of whoever has a number, in digits: 15 that give nothing of the number away, and are the same in each run. */
export function lidFor(number: string): string {
  const digest = createHash("sha256").update(`lid of ${number}`).digest();
  return String(100_000_000_000_000n + (digest.readBigUInt64BE() % 900_000_000_000_000n));
}
