// The contract between the house and a network: all that an adapter may import beside src/model.
export * from "./account.ts";
export * from "./any.ts";
export * from "./check.ts";
export * from "./config.ts";
export * from "./errors.ts";
export * from "./event.ts";
export * from "./logger.ts";
export * from "./near.ts";
export * from "./operation.ts";
export * from "./pairing.ts";
export * from "./showing.ts";
export * from "./storage.ts";
