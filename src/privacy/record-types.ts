/**
 * The kinds of sealed records. The name is authenticated with each record, so that one can't pass for another: never rename
 * one while records of it live.
 */
export const RECORD_TYPES = [
  "identity",
  "person",
  "person-pointer",
  "block",
  "conversation",
  "seat",
  "leg",
  "lane-item",
  "delivery",
  "parked",
  "buried",
  "fragment",
  "progress",
  "map",
  "status",
  "account",
  "account-week",
  "cursor",
  "number-pair",
  "handle",
  "handle-id",
  "handle-lead",
  "link-code",
  "block",
  "saga",
  "wrapped-dek",
  "wrapped-conversation-key",
] as const;

export type RecordType = (typeof RECORD_TYPES)[number];
