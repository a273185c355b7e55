// Imported before baileys: libsignal writes sessions with private keys to the console, so nothing of it gets out. Tests only.

/** How often something was written to the console since. */
export const written = { lines: 0 };

for (const method of ["log", "info", "warn", "error", "debug", "trace"] as const) {
  console[method] = () => {
    written.lines += 1;
  };
}
