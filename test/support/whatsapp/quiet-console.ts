// Imported before baileys: libsignal writes sessions with private keys to the console, so nothing of it gets out. Tests only.

for (const method of ["log", "info", "warn", "error", "debug", "trace"] as const) {
  console[method] = () => undefined;
}

export {};
