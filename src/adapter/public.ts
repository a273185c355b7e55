// "footbridge/adapter": all that an adapter in a package of its own may import. What is here is promised by CONTRACT_VERSION.
export { assertNever } from "../model/assert-never.ts";
export type * from "../model/capabilities.ts";
export type * from "../model/content.ts";
export type { ConfiguredDoor } from "../model/front-door.ts";
export { type AccountId, type DeliveryId, type LegId, type NetworkName, networkName } from "../model/ids.ts";
export { REASONS, type Reason } from "../model/reason.ts";
export { Sensitive, sensitive } from "../model/sensitive.ts";
export * from "../model/time.ts";
export * from "./index.ts";
export { CONTRACT_VERSION } from "./version.ts";
