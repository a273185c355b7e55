import { createPublicKey, verify } from "node:crypto";

const P = 2n ** 255n - 19n;
/** SubjectPublicKeyInfo of an Ed25519 key, without its 32 octets (RFC 8410). */
const SPKI = Buffer.from("302a300506032b6570032100", "hex");

/**
 * Whether an XEdDSA signature is genuine (signal.org/docs/specifications/xeddsa). It is done with Node's own Ed25519, since
 * neither `Curve.verify` of baileys nor a check of a client's own can be what a client is measured by.
 */
export function isSignedBy(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.length !== 32 || signature.length !== 64) return false;
  const edwards = edwardsOf(key);
  const bare = Buffer.from(signature);
  // The sign of the Edwards key rides in the highest bit of the signature's last octet, as libsignal writes it.
  const last = bare[63] ?? 0;
  edwards[31] = (edwards[31] ?? 0) | (last & 0x80);
  bare[63] = last & 0x7f;
  const spki = createPublicKey({ key: Buffer.concat([SPKI, edwards]), format: "der", type: "spki" });
  return verify(null, message, spki, bare);
}

/** The Edwards y of a Montgomery u: (u - 1) / (u + 1). */
function edwardsOf(key: Uint8Array): Buffer {
  const u = BigInt(`0x${Buffer.from(key).reverse().toString("hex")}`) & (2n ** 255n - 1n);
  const y = ((u - 1n + P) * power((u + 1n) % P, P - 2n)) % P;
  return Buffer.from(y.toString(16).padStart(64, "0"), "hex").reverse();
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}
