import { readFileSync } from "node:fs";
import type { PersonId } from "../../src/model/ids.ts";
import { LIMITS, type LimitName, type LimitSetting, type Scope, type Take } from "../../src/model/limits.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { SECOND } from "../../src/model/time.ts";
import { takesOf } from "../../src/safety/limits.ts";
import { Limits } from "../../src/store/limits.ts";
import type { Connection } from "../../src/store/redis/connection.ts";
import { parseScript } from "../../src/store/redis/scripts.ts";
import { texts } from "../../src/store/reply.ts";
import { type Bench, newId, openBench, PHONE, PHONES, SMS } from "./fixture.ts";

type Identity = Extract<Scope, { readonly kind: "identity" }>;
type Changes = Partial<Readonly<Record<LimitName, LimitSetting>>>;

export const ANA: Identity = { kind: "identity", network: SMS, address: PHONE };
export const LEO: Identity = { kind: "identity", network: SMS, address: sensitive("+351910000000") };
export const PERSON = newId<PersonId>();
export const EVERYBODY = { kind: "everybody" } as const;

export const contact = takesOf({ kind: "new-contact", person: PERSON });
export const handleCode = (from = ANA): readonly Take[] =>
  takesOf({ kind: "codes", codes: "handle", from, count: 1 });
export const sms = (parts: number, to = ANA, prefix = "+35191"): readonly Take[] =>
  takesOf({ kind: "sms", account: PHONES, to, parts, destination: { kind: "ordinary", prefix, cost: 1 } });

/** When the tests' clock begins. */
export const START = 1_800_000_000 * SECOND;
/** What the tests' script reads instead of Redis' clock. */
const CLOCK = "test:time";

/** gcra.lua but for one line: time stands still until a test moves it. */
const SLOW = parseScript<"l">(
  "gcra",
  readFileSync(new URL("../../src/store/scripts/gcra.lua", import.meta.url), "utf8").replace(
    "redis.call('TIME')",
    `redis.call('LRANGE', '${CLOCK}', 0, 1)`,
  ),
);

/** Limits on a real Redis, whose clock a test moves. */
export interface LimitsBench {
  readonly bench: Bench;
  /** In ms. */
  readonly now: number;
  /** Limits on the test's clock: the table's, with changes. */
  counted(changes?: Changes): Limits;
  /** The same on Redis' own clock. */
  real(changes?: Changes, connection?: Connection): Limits;
  setClock(to: number): Promise<void>;
  pass(ms: number): Promise<void>;
  /** The names of keys. */
  names(pattern: string): Promise<string[]>;
  /** Empties Redis and begins at START. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

export async function openLimitsBench(): Promise<LimitsBench> {
  const bench = await openBench();
  const { connection } = bench;
  let now = START;
  const setClock = async (to: number): Promise<void> => {
    now = to;
    const micros = Math.round(to * 1_000);
    await connection.command("DEL", CLOCK);
    await connection.command("RPUSH", CLOCK, Math.floor(micros / 1e6), micros % 1e6);
  };
  const { store } = bench.begin();
  return {
    bench,
    get now() {
      return now;
    },
    counted: (changes) =>
      new Limits({ ...store, scripts: { ...store.scripts, gcra: SLOW } }, { ...LIMITS, ...changes }),
    real: (changes, over) => new Limits(bench.begin(over).store, { ...LIMITS, ...changes }),
    setClock,
    pass: (ms) => setClock(now + ms),
    names: async (pattern) => texts(await connection.command("KEYS", pattern)),
    clear: async () => {
      await bench.clear();
      await setClock(START);
    },
    stop: () => bench.stop(),
  };
}

/** How often in a row it is allowed. */
export async function howOften(limits: Limits, takes: readonly Take[]): Promise<number> {
  for (let count = 0; count < 10_000; count++) {
    if ((await limits.take(takes)).kind !== "allowed") return count;
  }
  return Number.POSITIVE_INFINITY;
}
