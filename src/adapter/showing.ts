import type { Address } from "../model/address.ts";
import type { Sensitive } from "../model/sensitive.ts";

/** Something that is good for a short time, and as good as a password in it: a code to be scanned, or typed. */
export type Showing = {
  /** Random, and another one for each: what a network gets as the id of the request where it recognises one. */
  readonly id: string;
  /** Who is shown it. */
  readonly to: Sensitive<Address>;
} & (
  | { readonly kind: "text"; readonly text: Sensitive<string> }
  /** Sides in pixels. `caption` says what it is for. */
  | {
      readonly kind: "picture";
      readonly png: Sensitive<Uint8Array>;
      readonly side: number;
      readonly caption: string;
    }
);

/** Something that is shown now. */
export interface Shown {
  /** Takes it away, as far as the network can; never throws. */
  remove(): Promise<void>;
}
