declare const brand: unique symbol;

/** A string (or other value) that can't be mixed up with another of the same shape. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** A messaging network: `matrix`, `sms`, `loopback`, ... */
export type NetworkName = Brand<string, "NetworkName">;
/** The bridge's own presence on a network, named by the operator in the config. */
export type AccountId = Brand<string, "AccountId">;
/** A person: opaque and random. */
export type PersonId = Brand<string, "PersonId">;
/** An address that a person has proved to own: opaque and random. */
export type IdentityId = Brand<string, "IdentityId">;
export type ConversationId = Brand<string, "ConversationId">;
/** A participant's seat in one conversation. */
export type SeatId = Brand<string, "SeatId">;
/** Where a participant is reached in one conversation. */
export type LegId = Brand<string, "LegId">;
/** One message on one leg; also the id that a network sees, so that a repeat is recognised. */
export type DeliveryId = Brand<string, "DeliveryId">;
/** An event as the house knows it: stored at `accept`, never computed again. */
export type CanonicalId = Brand<string, "CanonicalId">;
/** The name of a lane or native chat in Redis: an HMAC, safe to show. */
export type ChatKey = Brand<string, "ChatKey">;

const ACCOUNT_NAME = /^[a-z][a-z0-9-]{0,31}$/;

/**
 * Checks an account's name: lower-case letters, digits and dashes, at most 32, as it appears in keys, logs and metrics.
 * @throws RangeError when it doesn't fit.
 */
export function accountId(text: string): AccountId {
  if (!ACCOUNT_NAME.test(text)) {
    throw new RangeError(
      "an account's name has 1 to 32 lower-case letters, digits or dashes and begins with a letter",
    );
  }
  return text as AccountId; // checked above
}

/** Names a network. Adapters call it once, with a constant. */
export function networkName(text: string): NetworkName {
  if (!/^[a-z]{2,16}$/.test(text)) throw new RangeError("a network's name has 2 to 16 lower-case letters");
  return text as NetworkName; // checked above
}
