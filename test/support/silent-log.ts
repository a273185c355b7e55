import type { Logger } from "../../src/observe/log.ts";

const quiet = (): void => undefined;

/** A logger for tests that don't look at the log. */
export const silentLog: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
