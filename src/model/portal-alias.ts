import type { Random } from "./time.ts";

/** A new name for a portal, the same on no two legs: base32 of 128 random bits. */
export function portalAlias(random: Pick<Random, "bytes">): string {
  return base32(random.bytes(16));
}

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

/** RFC 4648 base32 without padding, in lower case. */
function base32(octets: Buffer): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const octet of octets) {
    held = (held << 8) | octet;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >>> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET[(held << (5 - bits)) & 31] : text;
}
