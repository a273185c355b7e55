import { Curve, generateSignalPubKey, WA_CERT_DETAILS } from "baileys";
import { verifySignature } from "libsignal/src/curve.js";

const unmended = Curve.verify;

/**
 * Makes Baileys look at what its check of a signature says: `Curve.verify` throws that away, so that every signature passes.
 * The adapter mends it by itself; a test that uses Baileys without the adapter does it here. For this process only.
 */
export function mendSignatures(): void {
  Curve.verify = (key, message, signature) => {
    try {
      const octets = Buffer.from(generateSignalPubKey(Buffer.from(key)));
      return verifySignature(octets, message, signature) === true;
    } catch {
      return false;
    }
  };
}

/** Takes that back, to show what it is for. */
export function unmendSignatures(): void {
  Curve.verify = unmended;
}

/** Makes Baileys trust a server's root in this process, instead of the genuine one. */
export function trustRoot(root: Buffer): void {
  WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(root);
}
