import { verifySignature } from "libsignal/src/curve.js";

/** What is looked at of baileys' `Curve`. Baileys calls it through the object, so that a better `verify` is used everywhere. */
interface Signing {
  generateKeyPair(): { readonly public: Uint8Array; readonly private: Uint8Array };
  sign(privateKey: Uint8Array, message: Uint8Array): Uint8Array;
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/** Baileys' check of signatures takes what it must not, or trusts another root than WhatsApp's: no connection is safe. */
export class SignaturesUnproved extends Error {
  override readonly name = "SignaturesUnproved";

  constructor(found: string) {
    super(`${found}: install the version of baileys that Footbridge names, and start again`);
  }
}

/** The octet before a public key of Curve25519 in Signal's formats (libsignal-protocol, DJB_TYPE). */
const KEY_TYPE = 5;
const KEY_OCTETS = 32;

/**
 * Makes `curve.verify` say what libsignal found. Baileys throws it away (lib/Utils/crypto.js), so that any server certificate
 * and any forged pairing passes.
 */
export function mendSignatures(curve: Signing): void {
  curve.verify = (key, message, signature) => {
    try {
      return verifySignature(typed(key), message, signature) === true;
    } catch {
      return false; // what can't be looked at isn't genuine
    }
  };
}

/**
 * Tries `curve.verify` with what must pass and what must not.
 * @throws SignaturesUnproved when it takes a wrong one, or refuses a right one.
 */
export function proveSignatures(curve: Signing): void {
  const [key, other] = [curve.generateKeyPair(), curve.generateKeyPair()];
  const message = Buffer.from("what is signed");
  const signature = curve.sign(key.private, message);
  const changed = Buffer.from(signature);
  changed[0] = (changed[0] ?? 0) ^ 1;
  const wrong = {
    "a garbage signature": curve.verify(key.public, message, Buffer.alloc(64, 9)),
    "a changed signature": curve.verify(key.public, message, changed),
    "a signature by another key": curve.verify(other.public, message, signature),
    "a signature of another message": curve.verify(key.public, Buffer.from("something else"), signature),
  };
  const taken = Object.entries(wrong).find(([, passes]) => passes)?.[0];
  if (taken !== undefined) throw new SignaturesUnproved(`found that ${taken} passes`);
  if (!curve.verify(key.public, message, signature))
    throw new SignaturesUnproved("found that a genuine signature is refused");
}

function typed(key: Uint8Array): Uint8Array {
  return key.length === KEY_OCTETS ? Buffer.concat([Buffer.of(KEY_TYPE), key]) : key;
}
