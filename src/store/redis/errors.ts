/**
 * The connection to Redis broke, or isn't there. What was under way may or may not have been done: load the state again
 * before deciding anything.
 */
export class StoreAway extends Error {
  override readonly name = "StoreAway";
  /** An errno or the first word of Redis' answer (`ECONNREFUSED`, `LOADING`). */
  readonly code: string | undefined;

  constructor(code?: string) {
    super(`Redis is away${code === undefined ? "" : ` (${code})`}: what was under way may have been done`);
    this.code = code;
  }
}

/** Redis is out of memory and the script doesn't run then: nothing was done. */
export class StoreFull extends Error {
  override readonly name = "StoreFull";

  constructor() {
    super("Redis is out of memory and took nothing: let it drain, or give it more (maxmemory)");
  }
}

/**
 * Redis answered with an error: a bug in a script or command, or a right that the ACL user lacks. Redis' own words may quote
 * arguments, so only their first word is kept, and the line of a script.
 */
export class StoreRefused extends Error {
  override readonly name = "StoreRefused";
  /** `WRONGTYPE`, `NOPERM`, `ERR`, ... */
  readonly code: string;
  /** The script or command. */
  readonly call: string;
  /** The script's line, where Redis names it. */
  readonly line: number | undefined;

  constructor(call: string, code: string, line: number | undefined) {
    super(`Redis refused ${call} with ${code}${line === undefined ? "" : ` at line ${line}`}`);
    this.call = call;
    this.code = code;
    this.line = line;
  }
}

/** A bug: a call names keys that a cluster could have on different servers. Nothing was sent. */
export class CrossSlot extends Error {
  override readonly name = "CrossSlot";

  constructor(call: string, place: number) {
    super(
      `${call} names keys with different hash tags, expected one: key ${place} has another than the first`,
    );
  }
}

/** The embedded server can't be started. The message is for the operator. */
export class EmbeddedRedisFailed extends Error {
  override readonly name = "EmbeddedRedisFailed";
}

/** What an operator can accept about an external Redis, in the config. */
export type RedisRisk = "eviction" | "no-persistence" | "everysec";

/** One thing about an external Redis that could lose or evict data. */
export interface RedisProblem {
  readonly kind: "version" | "cluster" | RedisRisk;
  readonly found: string;
  readonly expected: string;
  readonly remedy: string;
}

/** An external Redis whose settings could lose or evict data. */
export class UnsafeRedis extends Error {
  override readonly name = "UnsafeRedis";
  readonly problems: readonly RedisProblem[];

  constructor(problems: readonly RedisProblem[]) {
    const said = problems.map((one) => `found ${one.found}, expected ${one.expected}: ${one.remedy}`);
    super(`this Redis isn't safe to keep messages in. ${said.join(". ")}`);
    this.problems = problems;
  }
}
