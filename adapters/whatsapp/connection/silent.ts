import type { SocketConfig } from "../baileys.ts";

/** Baileys logs numbers and names at every level, and so it logs nothing. */
export const SILENT: SocketConfig["logger"] = {
  level: "silent",
  child: () => SILENT,
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
