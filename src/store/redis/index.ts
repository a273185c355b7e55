// Redis itself: the embedded server, external ones, the connection and its scripts.
export * from "./connection.ts";
export * from "./embedded.ts";
export * from "./errors.ts";
export * from "./external.ts";
export type { RedisArgument } from "./resp.ts";
export * from "./scripts.ts";
export * from "./target.ts";
