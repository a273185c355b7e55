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
  /** Whether the bridge can begin a chat there by itself. */
  readonly rooms?: true;
}
