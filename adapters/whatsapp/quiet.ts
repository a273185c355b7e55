// Imported before baileys: libsignal, which is under it, writes whole sessions with their private keys to the console.

const METHODS = ["log", "info", "warn", "error", "debug", "trace", "dir", "table"] as const;

let dropped = 0;

for (const method of METHODS) {
  // What is said there goes nowhere, not even as text: nothing of it is looked at. Our own log doesn't use the console.
  console[method] = () => {
    dropped += 1;
  };
}

/** How often something was written to the console, and dropped. */
export function droppedLines(): number {
  return dropped;
}
