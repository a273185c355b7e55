/**
 * Why something didn't work, as a closed set that people's texts, metrics and the operator's remedies come from.
 * It holds no address and nothing that a network said in its own words.
 */
export const REASONS = [
  "not-connected", // the account has no working connection
  "unauthorised", // credentials or tokens refused
  "forbidden", // this account may not do it here
  "unreachable", // the recipient can't be reached (unknown, absent, no route)
  "rejected", // the network refuses this message
  "gone", // the native chat is no longer there
  "opted-out", // they want no more texts
  "not-served", // the operator lets no texts go to such numbers
  "too-long", // more than the network takes
  "unsupported", // the network can't do this
  "throttled", // too fast; wait
  "timeout", // no answer in time
  "network-error", // the connection broke, or the server failed
  "unsure", // it may or may not have arrived
  "expired", // its deadline passed
  "malformed", // what came can't be read
  "internal", // a bug of ours
] as const;

export type Reason = (typeof REASONS)[number];
