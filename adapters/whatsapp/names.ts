import type { Sensitive } from "../../src/model/index.ts";

/** A small durable store of an account's own in which neither values nor names can be read. `AccountStorage` is one. */
export interface HiddenStore {
  get(name: Sensitive<string>): Promise<Sensitive<string> | undefined>;
  /** Durable when it resolves. */
  set(name: Sensitive<string>, value: Sensitive<string>): Promise<void>;
  delete(name: Sensitive<string>): Promise<void>;
}
