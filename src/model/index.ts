// The words of the house as types and pure functions.
export * from "./address.ts";
export * from "./assert-never.ts";
export * from "./capabilities.ts";
export * from "./content.ts";
export * from "./conversation.ts";
export * from "./delivery.ts";
export * from "./errand.ts";
export * from "./front-door.ts";
export * from "./ids.ts";
export * from "./reason.ts";
export * from "./sensitive.ts";
export * from "./texts.ts";
export * from "./time.ts";
