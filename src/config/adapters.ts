import type { Address } from "../model/address.ts";
import type { NetworkName } from "../model/ids.ts";

/** The part of an adapter that the loader uses; every `AdapterModule` fits. */
export interface ConfigurableAdapter {
  readonly network: NetworkName;
  readonly config: {
    safeParse(
      input: unknown,
      options?: object,
    ): { success: true; data: unknown } | { success: false; error: { issues: readonly unknown[] } };
  };
  canonical(address: string): Address | undefined;
  /** Nobody is written to there who hasn't written first: the config can't pair them. */
  readonly answersOnly?: true;
  /** Whether the bridge can begin a chat there by itself. */
  readonly rooms?: true;
}
