import { type DestinationStream, type Logger as PinoLogger, pino, stdTimeFunctions } from "pino";
import { type CleanValue, cleanEvent, cleanFields, WITHHELD } from "./clean.ts";
import type { LogFields, RootLogger } from "./log.ts";

const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

interface LoggerOptions {
  readonly level: LogLevel;
  /** Where the lines go; standard output when it is left out. */
  readonly destination?: DestinationStream;
}

/** The second net: should the allow-list ever let one of these through, pino blanks it. */
const REDACTED = [
  "address",
  "from",
  "to",
  "number",
  "phone",
  "mxid",
  "jid",
  "text",
  "body",
  "token",
  "secret",
];

/**
 * One JSON line for each event: level, time, event and the allow-listed fields of fields.ts, cleaned by clean.ts.
 */
export function createLogger(options: LoggerOptions): RootLogger {
  const settings = {
    level: options.level,
    base: null,
    messageKey: "event",
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`]), censor: WITHHELD },
  };
  return wrap(options.destination === undefined ? pino(settings) : pino(settings, options.destination), {});
}

function wrap(target: PinoLogger, bound: Record<string, CleanValue>): RootLogger {
  const line = (level: "debug" | "info" | "warn" | "error", event: string, fields?: LogFields): void => {
    if (!target.isLevelEnabled(level)) return;
    // "%" starts a place-holder in pino's messages; clean events have none.
    target[level](fields === undefined ? bound : { ...bound, ...cleanFields(fields) }, cleanEvent(event));
  };
  return {
    debug: (event, fields) => line("debug", event, fields),
    info: (event, fields) => line("info", event, fields),
    warn: (event, fields) => line("warn", event, fields),
    error: (event, fields) => line("error", event, fields),
    child: (fields) => wrap(target, { ...bound, ...cleanFields(fields) }),
  };
}
