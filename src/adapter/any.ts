import type { Address } from "../model/address.ts";
import type { NetworkName } from "../model/ids.ts";
import type { Account, AccountHost, AdapterModule, ConfigSchema } from "./account.ts";

/** An adapter among others: what its config looks like is known to it alone. */
export interface AnyAdapter {
  readonly network: NetworkName;
  readonly config: ConfigSchema<unknown>;
  canonical(address: string, config: unknown): Address | undefined;
  open(config: unknown, host: AccountHost): Account;
}

/** Puts an adapter among others. `open` and `canonical` are only ever given what its own schema made. */
export function anyAdapter<C>(module: AdapterModule<C>): AnyAdapter {
  return {
    network: module.network,
    config: module.config,
    canonical: (address, config) => module.canonical(address, config as C), // made by module.config
    open: (config, host) => module.open(config as C, host), // made by module.config
  };
}
