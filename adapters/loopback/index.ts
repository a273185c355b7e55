import type { AdapterModule } from "../../src/adapter/index.ts";
import { LoopbackAccount } from "./account.ts";
import { canonicalUser } from "./address.ts";
import { LOOPBACK } from "./capabilities.ts";
import { type LoopbackConfig, loopbackConfig } from "./config.ts";

export type { LoopbackConfig } from "./config.ts";

/** The reference adapter: a network of JSON lines over TCP. Copy this folder to begin a new one. */
export const loopback: AdapterModule<LoopbackConfig> = {
  network: LOOPBACK,
  config: loopbackConfig,
  canonical: (address) => canonicalUser(address),
  rooms: true,
  open: (config, host) => new LoopbackAccount(config, host),
};
