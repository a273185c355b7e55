import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { PersonId } from "../../src/model/ids.ts";
import {
  LIMIT_NAMES,
  LIMITS,
  type LimitName,
  type LimitSetting,
  type LimitSettings,
  type Scope,
  type Take,
} from "../../src/model/limits.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/model/time.ts";
import { takesOf } from "../../src/safety/limits.ts";
import { Limits, type Ticket } from "../../src/store/limits.ts";
import type { Connection } from "../../src/store/redis/connection.ts";
import { parseScript } from "../../src/store/redis/scripts.ts";
import { text, texts } from "../../src/store/reply.ts";
import { connectTo } from "../support/redis.ts";
import { type Bench, dyingConnection, newId, openBench, PHONE, PHONES, runs, SMS } from "./fixture.ts";
import { LimitsModel } from "./limits.model.ts";

type Identity = Extract<Scope, { readonly kind: "identity" }>;

const ANA: Identity = { kind: "identity", network: SMS, address: PHONE };
const LEO: Identity = { kind: "identity", network: SMS, address: sensitive("+351910000000") };
const PERSON = newId<PersonId>();
const EVERYBODY = { kind: "everybody" } as const;
const START = 1_800_000_000 * SECOND;
/** What the test's script reads instead of Redis' clock. */
const CLOCK = "test:time";

let bench: Bench;
let now: number;
let limits: Limits;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.clear();
  await setClock(START);
  limits = counted();
});

/** gcra.lua but for one line: time stands still until a test moves it. */
const SLOW = parseScript(
  "gcra",
  readFileSync(new URL("../../src/store/scripts/gcra.lua", import.meta.url), "utf8").replace(
    "redis.call('TIME')",
    `redis.call('LRANGE', '${CLOCK}', 0, 1)`,
  ),
);

function counted(
  changes: Partial<Record<LimitName, LimitSetting>> = {},
  connection = bench.connection,
): Limits {
  const { store } = bench.begin(connection);
  const scripts = { ...store.scripts, gcra: SLOW };
  return new Limits({ ...store, scripts }, { ...LIMITS, ...changes });
}

/** The same on Redis' own clock. */
function real(changes: Partial<LimitSettings> = {}, connection?: Connection): Limits {
  return new Limits(bench.begin(connection).store, { ...LIMITS, ...changes });
}

async function setClock(to: number): Promise<void> {
  now = to;
  const micros = Math.round(to * 1_000);
  await bench.connection.command("DEL", CLOCK);
  await bench.connection.command("RPUSH", CLOCK, Math.floor(micros / 1e6), micros % 1e6);
}

const pass = (ms: number) => setClock(now + ms);
const handleCode = takesOf({ kind: "codes", codes: "handle", from: ANA, count: 1 });
const contact = takesOf({ kind: "new-contact", person: PERSON });
const sms = (parts: number, to = ANA, prefix = "+35191") =>
  takesOf({ kind: "sms", account: PHONES, to, parts, destination: { kind: "ordinary", prefix, cost: 1 } });

/** How often in a row it is allowed. */
async function often(takes: readonly Take[], from = limits): Promise<number> {
  for (let count = 0; count < 10_000; count++) {
    if ((await from.take(takes)).kind !== "allowed") return count;
  }
  return Number.POSITIVE_INFINITY;
}

describe("a budget", () => {
  test("is never exceeded by 1,000 takes at the same moment over four connections", async () => {
    const connections = await Promise.all([1, 2, 3, 4].map(() => connectTo(bench.redis.target)));
    const each = connections.map((connection) =>
      real({ newContacts: { budget: 100, per: DAY } }, connection),
    );
    const verdicts = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) => (each[i % 4] ?? limits).take(contact)),
    );
    expect(verdicts.filter(({ kind }) => kind === "allowed")).toHaveLength(100);
    await Promise.all(connections.map((connection) => connection.close()));
  });

  test("is never exceeded by 1,000 of two slots, and what the second refused is given back to the first", async () => {
    const few = real({ wrongCodes: { budget: 1_000, per: DAY }, wrongHandleCodes: { budget: 50, per: DAY } });
    const verdicts = await Promise.all(Array.from({ length: 1_000 }, () => few.take(handleCode)));
    expect(verdicts.filter(({ kind }) => kind === "allowed")).toHaveLength(50);
    const left = await often([{ limit: "wrongCodes", scope: ANA, cost: 1 }], few);
    expect(left).toBe(950);
  });

  test("can be used at once, then comes back bit by bit", async () => {
    expect(await often(contact)).toBe(20);
    expect(await limits.take(contact)).toEqual({
      kind: "refused",
      limit: "newContacts",
      retryAfter: DAY / 20,
      begins: false,
    });
    await pass(DAY / 20 - 1);
    expect(await often(contact)).toBe(0);
    await pass(1);
    expect(await often(contact)).toBe(1);
    await pass(10 * DAY);
    expect(await often(contact)).toBe(20);
  });

  test("of a strict limit is all that any span of its time sees", async () => {
    limits = counted({ smsSpend: { budget: 40, per: DAY } });
    const spend: readonly Take[] = [{ limit: "smsSpend", scope: EVERYBODY, cost: 1 }];
    const spent: number[] = [];
    for (let hour = 0; hour < 72; hour++) {
      for (let count = await often(spend); count > 0; count--) spent.push(now);
      await pass(HOUR);
    }
    const most = Math.max(...spent.map((from) => spent.filter((at) => at >= from && at < from + DAY).length));
    expect(most).toBeLessThanOrEqual(40);
    expect(most).toBeGreaterThan(37);
  });

  test("of nothing, or smaller than what is asked, refuses for ever", async () => {
    limits = counted({ linkCodes: { budget: 0, per: HOUR }, smsPerPhone: { budget: 3, per: HOUR } });
    const link = takesOf({ kind: "link-code", person: PERSON });
    const never = { kind: "refused", retryAfter: Number.POSITIVE_INFINITY, begins: false } as const;
    expect(await limits.take(link)).toEqual({ ...never, limit: "linkCodes" });
    expect(await limits.take(sms(4))).toEqual({ ...never, limit: "smsPerPhone" });
    expect(await limits.take(sms(3))).toEqual({ kind: "allowed" });
  });

  test("is each one's own: of addresses, persons, ranges and accounts", async () => {
    limits = counted({ smsPerPrefix: { budget: 2, per: HOUR } });
    expect(await often(sms(1))).toBe(2);
    expect(await often(sms(1, LEO, "+35191"))).toBe(0);
    expect(await often(sms(1, LEO, "+35193"))).toBe(2);
    expect(await often(contact)).toBe(20);
    expect(await often(takesOf({ kind: "new-contact", person: newId<PersonId>() }))).toBe(20);
  });
});

describe("several limits at once", () => {
  const tight = { smsPerPrefix: { budget: 10, per: HOUR }, smsPerAccount: { budget: 4, per: HOUR } };

  test("are all charged or none, in one slot", async () => {
    limits = counted(tight);
    expect(await often(sms(1))).toBe(4);
    expect((await limits.take(sms(1))).kind).toBe("refused");
    const rest: readonly Take[] = [
      { limit: "smsPerPrefix", scope: { kind: "prefix", prefix: "+35191" }, cost: 1 },
    ];
    expect(await often(rest)).toBe(6);
  });

  test("name the first that has no room", async () => {
    limits = counted(tight);
    await limits.take(sms(4));
    expect(await limits.take(sms(1))).toMatchObject({ kind: "refused", limit: "smsPerAccount" });
    await limits.take(sms(1, LEO));
    expect(await limits.take(sms(300))).toMatchObject({ kind: "refused", limit: "smsPerPrefix" });
  });

  test("of a text to a phone are charged by two scripts: the phone's slot, then all others", async () => {
    await limits.take(sms(1)); // loads the script
    const before = bench.connection.stats.calls;
    await limits.take(sms(1));
    expect(bench.connection.stats.calls - before).toBe(2);
  });

  test("count twice what is asked for twice", async () => {
    const twice = [...contact, ...contact];
    expect(await often(twice)).toBe(10);
  });

  test("charge nothing to who is refused by all together", async () => {
    limits = counted({ wrongHandleCodes: { budget: 1, per: HOUR } });
    expect(await often(takesOf({ kind: "codes", codes: "handle", from: LEO, count: 1 }))).toBe(1);
    expect(await often(handleCode)).toBe(0);
    expect(await often([{ limit: "wrongCodes", scope: ANA, cost: 1 }])).toBe(5);
  });
});

describe("a pause", () => {
  const wrong: readonly Take[] = [{ limit: "wrongCodes", scope: ANA, cost: 1 }];
  const runInto = async () => {
    for (;;) {
      const verdict = await limits.take(wrong);
      if (verdict.kind === "refused") return verdict;
    }
  };

  test("begins once, ends when it was said to, however often one tries meanwhile", async () => {
    expect(await often(wrong)).toBe(5);
    expect(await limits.take(wrong)).toMatchObject({ retryAfter: HOUR, begins: false });
    await pass(HOUR - MINUTE);
    expect(await limits.take(wrong)).toMatchObject({ retryAfter: MINUTE, begins: false });
    await pass(MINUTE);
    expect(await often(wrong)).toBe(5);
  });

  test("of wrong codes is said with the sixth, and doubles from an hour to a day", async () => {
    const said: number[] = [];
    for (let i = 0; i < 7; i++) {
      for (let code = 0; code < 5; code++) expect((await limits.take(wrong)).kind).toBe("allowed");
      const verdict = await runInto();
      expect(verdict.begins).toBe(true);
      said.push(verdict.retryAfter / HOUR);
      await pass(verdict.retryAfter);
    }
    expect(said).toEqual([1, 2, 4, 8, 16, 24, 24]);
  });

  test("is forgotten a day after it ended, not before", async () => {
    expect((await runInto()).retryAfter).toBe(HOUR);
    await pass(HOUR + DAY - 1);
    expect((await runInto()).retryAfter).toBe(2 * HOUR);
    await pass(2 * HOUR + DAY);
    expect((await runInto()).retryAfter).toBe(HOUR);
  });

  test("begins for one only of many who run into it together", async () => {
    const verdicts = await Promise.all(Array.from({ length: 100 }, () => real().take(wrong)));
    expect(verdicts.filter((each) => each.kind === "refused" && each.begins)).toHaveLength(1);
  });

  test("isn't ended by what is given back", async () => {
    await runInto();
    await limits.giveBack(wrong);
    expect(await often(wrong)).toBe(0);
  });
});

describe("the reserve of codes", () => {
  test("lets one code a day through for each address when the others used up what is for all", async () => {
    limits = counted({ wrongHandleCodes: { budget: 1, per: DAY } });
    await often(takesOf({ kind: "codes", codes: "handle", from: LEO, count: 1 }));
    expect(await limits.take(handleCode)).toMatchObject({ kind: "refused", limit: "wrongHandleCodes" });
    const reserved = takesOf({ kind: "reserved-code", from: ANA });
    expect(await often(reserved)).toBe(1);
    await limits.giveBack(reserved); // it was right
    expect(await often(reserved)).toBe(1);
    expect(await often([{ limit: "wrongCodes", scope: ANA, cost: 1 }])).toBe(4);
  });
});

describe("what is given back", () => {
  test("can be taken again: right codes don't count", async () => {
    for (let i = 0; i < 50; i++) {
      expect((await limits.take(handleCode)).kind).toBe("allowed");
      await limits.giveBack(handleCode);
    }
    expect(await often(handleCode)).toBe(5);
  });

  test("makes no bucket fuller than full", async () => {
    for (let i = 0; i < 5; i++) await limits.giveBack(contact);
    expect(await often(contact)).toBe(20);
    await pass(DAY);
    await limits.giveBack(contact);
    await limits.giveBack(contact);
    expect(await often(contact)).toBe(20);
  });
});

describe("a ticket", () => {
  const ticket = newId<Ticket>();

  test("is charged once, in every slot, however often it is asked", async () => {
    for (let i = 0; i < 30; i++) expect(await limits.take(handleCode, ticket)).toEqual({ kind: "allowed" });
    expect(await often(handleCode)).toBe(4);
  });

  test("gets a refusal again until it is over, and is told of the pause that began with it each time", async () => {
    await often(handleCode);
    await pass(HOUR);
    for (let i = 0; i < 5; i++) await limits.take(handleCode);
    const refused = { kind: "refused", limit: "wrongCodes", begins: true } as const;
    expect(await limits.take(handleCode, ticket)).toEqual({ ...refused, retryAfter: 2 * HOUR });
    await pass(MINUTE);
    expect(await limits.take(handleCode, ticket)).toEqual({ ...refused, retryAfter: 2 * HOUR - MINUTE });
    expect(await limits.take(handleCode)).toMatchObject({ begins: false });
  });

  test("gives back once, and stays allowed after it", async () => {
    await limits.take(handleCode, ticket);
    await limits.take(handleCode);
    for (let i = 0; i < 5; i++) await limits.giveBack(handleCode, ticket);
    for (let i = 0; i < 5; i++) expect((await limits.take(handleCode, ticket)).kind).toBe("allowed");
    expect(await often(handleCode)).toBe(4);
  });

  test("gives nothing back that it didn't take", async () => {
    await limits.take(handleCode);
    await limits.giveBack(handleCode, ticket);
    expect(await often(handleCode)).toBe(4);
  });

  test("that a second slot refused is a new question later: it is charged then", async () => {
    limits = counted({ wrongHandleCodes: { budget: 1, per: HOUR } });
    await limits.take(takesOf({ kind: "codes", codes: "handle", from: LEO, count: 1 }));
    expect((await limits.take(handleCode, ticket)).kind).toBe("refused");
    for (const name of await names("{l:*}:t:*")) {
      const answer = text(await bench.connection.command("GET", name));
      if (answer !== "taken" && answer !== "given") await bench.connection.command("DEL", name); // as its TTL does
    }
    await pass(HOUR);
    expect(await limits.take(handleCode, ticket)).toEqual({ kind: "allowed" });
    expect(await often([{ limit: "wrongCodes", scope: ANA, cost: 1 }])).toBe(4);
  });

  test("of one event may ask for different things", async () => {
    const link = takesOf({ kind: "link-code", person: PERSON });
    await often(contact);
    expect((await limits.take(link, ticket)).kind).toBe("allowed");
    expect((await limits.take(contact, ticket)).kind).toBe("refused");
  });
});

describe("a clock that is set back", () => {
  test("leaves every bucket as full as it was, and time goes by again from there", async () => {
    for (let i = 0; i < 18; i++) await limits.take(contact);
    await setClock(START - 30 * DAY);
    expect(await often(contact)).toBe(2);
    expect(await limits.take(contact)).toMatchObject({ kind: "refused", retryAfter: DAY / 20 });
    await pass(DAY / 20);
    expect(await often(contact)).toBe(1);
    await pass(DAY);
    expect(await often(contact)).toBe(20);
  });

  test("counts what is refused meanwhile as time gone by", async () => {
    await often(contact);
    await setClock(START - 30 * DAY);
    const tooMany = [1, 2, 3, 4, 5, 6].flatMap(() => contact);
    for (let i = 0; i < 24; i++) {
      expect((await limits.take(tooMany)).kind).toBe("refused");
      await pass(HOUR / 4);
    }
    expect(await often(contact)).toBe(5); // of 6 hours
  });

  test("is no matter for a bucket that is full", async () => {
    await limits.take(contact);
    await limits.giveBack(contact);
    await setClock(START - DAY);
    expect(await often(contact)).toBe(20);
  });

  test("gives nothing back, however often it is set", async () => {
    await often(contact);
    for (let i = 0; i < 10; i++) {
      await setClock(now - HOUR);
      expect(await often(contact)).toBe(0);
    }
  });

  test("makes no pause longer or shorter, and forgets none", async () => {
    await often(handleCode);
    await pass(MINUTE);
    await limits.take(handleCode);
    await setClock(START - 30 * DAY);
    expect(await limits.take(handleCode)).toMatchObject({ retryAfter: HOUR, begins: false });
    await pass(HOUR);
    for (let i = 0; i < 5; i++) expect((await limits.take(handleCode)).kind).toBe("allowed");
    await setClock(now - DAY);
    expect(await limits.take(handleCode)).toMatchObject({ retryAfter: 2 * HOUR, begins: true });
  });
});

describe("Redis away", () => {
  const away = () => real({}, dyingConnection(bench.connection, 1));

  test("lets pass what fails open", async () => {
    expect(await away().take(takesOf({ kind: "command", from: ANA }))).toEqual({ kind: "allowed" });
    const message = takesOf({ kind: "message", from: ANA, person: PERSON });
    expect(await away().take(message)).toEqual({ kind: "allowed" });
  });

  test("stops what fails closed, and says that nobody ran into a limit", async () => {
    expect(await away().take(sms(1))).toEqual({ kind: "away", limit: "smsPerPhone" });
    expect(await away().take(handleCode)).toEqual({ kind: "away", limit: "wrongCodes" });
    const mixed = [...takesOf({ kind: "command", from: ANA }), ...contact];
    expect(await away().take(mixed)).toEqual({ kind: "away", limit: "newContacts" });
  });

  test("between two slots stops too", async () => {
    const dies = real({}, dyingConnection(bench.connection, 2));
    expect(await dies.take(handleCode)).toEqual({ kind: "away", limit: "wrongCodes" });
  });
});

async function names(pattern: string): Promise<string[]> {
  return texts(await bench.connection.command("KEYS", pattern));
}

describe("the counters", () => {
  const all: readonly Take[] = LIMIT_NAMES.map((limit) => {
    const scopes: readonly Scope[] = [
      ANA,
      { kind: "person", person: PERSON },
      EVERYBODY,
      { kind: "prefix", prefix: "+35191" },
      { kind: "account", account: PHONES },
    ];
    const scope = scopes.find(({ kind }) => kind === LIMITS[limit].scope);
    return { limit, scope, cost: 1 } as Take; // the scope that the table wants
  });

  test("hold no address, no id and no range, in no name and no value", async () => {
    await limits.take(all, newId<Ticket>());
    const held = await names("{l:*");
    expect(held.length).toBeGreaterThan(all.length);
    const values = await Promise.all(
      held.map(async (name) => text(await bench.connection.command("GET", name))),
    );
    const said = [...held, ...values].join("\n");
    for (const canary of [PHONE.expose().slice(1), "351", PERSON]) expect(said).not.toContain(canary);
  });

  test("go by themselves also after something was given back", async () => {
    await limits.take(all, newId<Ticket>());
    await limits.giveBack(all);
    for (const name of await names("{l:*"))
      expect(Number(await bench.connection.command("PTTL", name)), name).toBeGreaterThan(0);
  });

  test("live 48 hours at most, after the longest pause that there is too, and as long as they say something", async () => {
    const slow = Object.fromEntries(
      LIMIT_NAMES.map((name) => {
        const { pause } = LIMITS[name];
        const longest = pause === undefined ? {} : { pause: { first: DAY, longest: DAY } };
        return [name, { budget: 2, per: DAY, ...longest }];
      }),
    ) as LimitSettings; // of all names
    limits = counted(slow);
    for (const take of all) for (let i = 0; i < 4; i++) await limits.take([take], newId<Ticket>());
    for (const name of await names("{l:*")) {
      const left = Number(await bench.connection.command("PTTL", name));
      const limit = LIMIT_NAMES.find((each) => name.includes(`:${each}:`));
      const least = limit === undefined ? 0 : LIMITS[limit].pause === undefined ? DAY / 2 : 2 * DAY;
      expect(left, name).toBeGreaterThan(least - MINUTE);
      expect(left, name).toBeLessThanOrEqual(2 * DAY);
    }
  });
});

describe("GCRA in Redis", () => {
  // round numbers, so that the model's fractions and the script's microseconds agree
  const settings: LimitSettings = {
    ...LIMITS,
    messages: { budget: 4, per: 4 * SECOND, pause: { first: 2 * SECOND, longest: 8 * SECOND } },
    personMessages: { budget: 6, per: 12 * SECOND },
    smsPerPhone: { budget: 8, per: 16 * SECOND },
    smsPerPrefix: { budget: 5, per: 10 * SECOND },
    smsPerAccount: { budget: 6, per: 6 * SECOND },
    smsSpend: { budget: 16, per: 32 * SECOND },
  };
  const act = fc.oneof(
    fc
      .record({ from: fc.constantFrom(ANA, LEO) })
      .map(({ from }) => takesOf({ kind: "message", from, person: PERSON })),
    fc
      .record({
        to: fc.constantFrom(ANA, LEO),
        parts: fc.integer({ min: 1, max: 9 }),
        prefix: fc.constantFrom("+1", "+2"),
      })
      .map(({ to, parts, prefix }) => sms(parts, to, prefix)),
  );
  const step = fc.record({
    wait: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 40 })),
    takes: act,
    back: fc.boolean(),
  });

  test("answers as its other definition does", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
        await bench.clear();
        await setClock(START);
        const model = new LimitsModel(settings);
        limits = counted(settings);
        for (const { wait, takes, back } of steps) {
          await pass(wait * 250);
          const verdict = await limits.take(takes);
          expect(verdict).toEqual(model.take(takes, now));
          if (verdict.kind !== "allowed" || !back) continue;
          await limits.giveBack(takes);
          model.giveBack(takes);
        }
      }),
      runs(60),
    );
  });
});
