import { parseScript, type Script } from "./scripts.ts";
import { tagOf } from "./slots.ts";

/**
 * A script as it runs on a cluster: with one key more, which never exists, and of which its code knows nothing.
 *
 * While a slot is on its way to another node, Redis does what it still has all keys for, and refuses the rest: of two calls the
 * later one could be done and the earlier one not. A key that isn't there makes it refuse every call from the moment at which the
 * slot begins to move until it has arrived. So what it takes to keep the order is to wait.
 */
export function gated(script: Script): Script {
  const lines = script.source.split("\n");
  const code = lines.findIndex((line, index) => index > 0 && !line.startsWith("--"));
  // On the line of the code, so that errors name the script's own lines.
  const source = lines.map((line, index) => (index === code ? `KEYS[#KEYS] = nil ${line}` : line)).join("\n");
  return parseScript(script.name, source);
}

/** The key that never exists, in the slot of another. */
export function gateBeside(key: string | Buffer): string {
  return `${tagOf(key)}:gate`;
}
