import type { Address } from "../model/address.ts";
import type { NetworkName } from "../model/ids.ts";
import type { Account, AccountHost, AdapterModule, ConfigSchema, Registering } from "./account.ts";
import type { CheckSurroundings, Finding } from "./check.ts";

/** An adapter among others: what its config looks like is known to it alone. */
export interface AnyAdapter {
  readonly network: NetworkName;
  readonly config: ConfigSchema<unknown>;
  canonical(address: string): Address | undefined;
  readonly rooms?: true;
  readonly answersOnly?: true;
  open(config: unknown, host: AccountHost): Account;
  check?(config: unknown, surroundings: CheckSurroundings): Promise<readonly Finding[]>;
  readonly registration?: Registering<unknown>;
}

/** Puts an adapter among others. `open` and `check` are only ever given what its own schema made. */
export function anyAdapter<C>(module: AdapterModule<C>): AnyAdapter {
  const { answersOnly, check, registration, rooms } = module;
  return {
    network: module.network,
    config: module.config,
    canonical: (address) => module.canonical(address),
    ...(rooms === undefined ? {} : { rooms }),
    ...(answersOnly === undefined ? {} : { answersOnly }),
    open: (config, host) => module.open(config as C, host), // made by module.config
    ...(check === undefined ? {} : { check: (config, around) => check(config as C, around) }), // likewise
    ...(registration === undefined ? {} : { registration: anyRegistering(registration) }),
  };
}

function anyRegistering<C>({ secrets, text }: Registering<C>): Registering<unknown> {
  return { secrets, text: (config) => text(config as C) }; // made by the module's own schema
}
