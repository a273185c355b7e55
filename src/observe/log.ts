/**
 * What a log line may hold: numbers, booleans, and strings from closed sets or of our own making. The field names are an
 * allow-list (fields.ts); anything else is dropped. No address, native id, text or key, at any level.
 */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Structured logging with constant event names: `log.warn("sms.link.down", { link, reason })`. */
export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** The daemon's logger: parts of the house get a child with their own constant fields (`account`, `network`). */
export interface RootLogger extends Logger {
  /** A logger whose lines all carry `fields`, which pass the same allow-list. */
  child(fields: LogFields): RootLogger;
}
