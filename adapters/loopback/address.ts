import type { Address } from "../../src/adapter/index.ts";

/** The canonical form of a user's name (`ana`, lower case), or undefined when it can't be one. */
export function canonicalUser(text: string): Address | undefined {
  const name = text.trim().toLowerCase();
  return /^[a-z][a-z0-9._-]{0,63}$/.test(name) ? name : undefined;
}
