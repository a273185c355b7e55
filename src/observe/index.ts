// Logging, the real clock and the real randomness.
export * from "./clock.ts";
export * from "./errors.ts";
export * from "./fields.ts";
export * from "./log.ts";
export * from "./logger.ts";
export * from "./random.ts";
