// Sealing, keys and lookups: what makes stored records unreadable without keys that are outside Redis.
export * from "./clock-guard.ts";
export * from "./errors.ts";
export * from "./file-key-store.ts";
export * from "./kek.ts";
export * from "./key-store.ts";
export * from "./keyring.ts";
export * from "./periods.ts";
export * from "./person-keys.ts";
export * from "./record-types.ts";
export * from "./sealer.ts";
