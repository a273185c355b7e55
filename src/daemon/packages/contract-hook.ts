import { registerHooks } from "node:module";
import { extname } from "node:path";

/** What a package imports; whichever copy of Footbridge npm put beside it, it gets this one. */
const NAME = "footbridge/adapter";

let isThere = false;

/**
 * Gives packages the contract of the daemon that runs: were it another copy's, its `Sensitive` and its errors would be classes
 * of their own, which this one doesn't know. It holds for the whole process, as modules do, and is done once.
 */
export function giveContract(): void {
  if (isThere) return;
  isThere = true;
  // Beside this file in the same language: TypeScript in a clone, JavaScript in a published package.
  const url = new URL(`../../adapter/public${extname(import.meta.url)}`, import.meta.url).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === NAME ? { url, shortCircuit: true } : next(specifier, context),
  });
}
