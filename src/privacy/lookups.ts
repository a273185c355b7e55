import { createHmac, type KeyObject } from "node:crypto";

/** 128 bits: enough for names that nobody can choose. */
const NAME_OCTETS = 16;
/** A key of AES-256. */
const SECRET_OCTETS = 32;

/**
 * What a lookup is for, authenticated with its parts, so that equal parts of two purposes share nothing even under one
 * pepper.
 */
export type LookupDomain =
  | "identity"
  | "suppression"
  | "chat"
  | "since"
  | "event"
  | "fingerprint"
  | "map"
  | "limit"
  | "code"
  | "code-key"
  | "mask"
  | "derived";

/** HMAC-SHA256 over `domain|length:part|length:part...` (lengths in UTF-16 units), cut to `octets`. */
export function lookup(
  pepper: KeyObject,
  domain: LookupDomain,
  octets: number,
  a: string,
  b: string,
): Buffer {
  return createHmac("sha256", pepper)
    .update(`${domain}|${a.length}:${a}|${b.length}:${b}`)
    .digest()
    .subarray(0, octets);
}

/** The same as a name for a key in Redis: 22 characters of base64url. */
export function lookupName(pepper: KeyObject, domain: LookupDomain, a: string, b: string): string {
  return lookup(pepper, domain, NAME_OCTETS, a, b).toString("base64url");
}

/** 32 octets for a key that whoever knows the parts (and the pepper) can make again: a cipher, not a name, is made of it. */
export function lookupSecret(pepper: KeyObject, domain: LookupDomain, a: string, b: string): Buffer {
  return lookup(pepper, domain, SECRET_OCTETS, a, b);
}
