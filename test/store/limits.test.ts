import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { PersonId } from "../../src/model/ids.ts";
import { LIMIT_NAMES, LIMITS, type LimitSettings, type Scope, type Take } from "../../src/model/limits.ts";
import { DAY, HOUR, MINUTE } from "../../src/model/time.ts";
import { takesOf } from "../../src/safety/limits.ts";
import type { Limits, Ticket } from "../../src/store/limits.ts";
import { text } from "../../src/store/reply.ts";
import { connectTo } from "../support/redis.ts";
import { newId, PHONE, PHONES } from "./fixture.ts";
import {
  ANA,
  contact,
  EVERYBODY,
  handleCode,
  howOften,
  LEO,
  type LimitsBench,
  openLimitsBench,
  PERSON,
  sms,
} from "./limits-bench.ts";

let at: LimitsBench;
let limits: Limits;

beforeAll(async () => {
  at = await openLimitsBench();
});
afterAll(() => at.stop());
beforeEach(async () => {
  await at.clear();
  limits = at.counted();
});

const often = (takes: readonly Take[], from = limits) => howOften(from, takes);

describe("a budget", () => {
  test("is never exceeded by 1,000 takes at the same moment over four connections", async () => {
    const connections = await Promise.all([1, 2, 3, 4].map(() => connectTo(at.bench.redis.target)));
    const each = connections.map((connection) =>
      at.real({ newContacts: { budget: 100, per: DAY } }, connection),
    );
    const verdicts = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) => (each[i % 4] ?? limits).take(contact)),
    );
    expect(verdicts.filter(({ kind }) => kind === "allowed")).toHaveLength(100);
    await Promise.all(connections.map((connection) => connection.close()));
  });

  test("is never exceeded by 1,000 of two slots, and what the second refused is given back to the first", async () => {
    const few = at.real({
      wrongCodes: { budget: 1_000, per: DAY },
      wrongHandleCodes: { budget: 50, per: DAY },
    });
    const verdicts = await Promise.all(Array.from({ length: 1_000 }, () => few.take(handleCode())));
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
    await at.pass(DAY / 20 - 1);
    expect(await often(contact)).toBe(0);
    await at.pass(1);
    expect(await often(contact)).toBe(1);
    await at.pass(10 * DAY);
    expect(await often(contact)).toBe(20);
  });

  test("of a strict limit is all that any span of its time sees", async () => {
    limits = at.counted({ smsSpend: { budget: 40, per: DAY } });
    const spend: readonly Take[] = [{ limit: "smsSpend", scope: EVERYBODY, cost: 1 }];
    const spent: number[] = [];
    for (let hour = 0; hour < 72; hour++) {
      for (let count = await often(spend); count > 0; count--) spent.push(at.now);
      await at.pass(HOUR);
    }
    const most = Math.max(...spent.map((from) => spent.filter((at) => at >= from && at < from + DAY).length));
    expect(most).toBeLessThanOrEqual(40);
    expect(most).toBeGreaterThan(37);
  });

  test("of nothing, or smaller than what is asked, refuses for ever", async () => {
    limits = at.counted({ linkCodes: { budget: 0, per: HOUR }, smsPerPhone: { budget: 3, per: HOUR } });
    const link = takesOf({ kind: "link-code", person: PERSON });
    const never = { kind: "refused", retryAfter: Number.POSITIVE_INFINITY, begins: false } as const;
    expect(await limits.take(link)).toEqual({ ...never, limit: "linkCodes" });
    expect(await limits.take(sms(4))).toEqual({ ...never, limit: "smsPerPhone" });
    expect(await limits.take(sms(3))).toEqual({ kind: "allowed" });
  });

  test("is each one's own: of addresses, persons, ranges and accounts", async () => {
    limits = at.counted({ smsPerPrefix: { budget: 2, per: HOUR } });
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
    limits = at.counted(tight);
    expect(await often(sms(1))).toBe(4);
    expect((await limits.take(sms(1))).kind).toBe("refused");
    const rest: readonly Take[] = [
      { limit: "smsPerPrefix", scope: { kind: "prefix", prefix: "+35191" }, cost: 1 },
    ];
    expect(await often(rest)).toBe(6);
  });

  test("name the first that has no room", async () => {
    limits = at.counted(tight);
    await limits.take(sms(4));
    expect(await limits.take(sms(1))).toMatchObject({ kind: "refused", limit: "smsPerAccount" });
    await limits.take(sms(1, LEO));
    expect(await limits.take(sms(300))).toMatchObject({ kind: "refused", limit: "smsPerPrefix" });
  });

  test("of a text to a phone are charged by one script", async () => {
    await limits.take(sms(1)); // loads the script
    const before = at.bench.connection.stats.calls;
    await limits.take(sms(1));
    expect(at.bench.connection.stats.calls - before).toBe(1);
  });

  test("count twice what is asked for twice", async () => {
    const twice = [...contact, ...contact];
    expect(await often(twice)).toBe(10);
  });

  test("charge nothing to who is refused by all together", async () => {
    limits = at.counted({ wrongHandleCodes: { budget: 1, per: HOUR } });
    expect(await often(handleCode(LEO))).toBe(1);
    expect(await often(handleCode())).toBe(0);
    expect(await often([{ limit: "wrongCodes", scope: ANA, cost: 1 }])).toBe(5);
  });
});

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
    const held = await at.names("{l:*");
    expect(held.length).toBeGreaterThan(all.length);
    const values = await Promise.all(
      held.map(async (name) => text(await at.bench.connection.command("GET", name))),
    );
    const said = [...held, ...values].join("\n");
    for (const canary of [PHONE.expose().slice(1), "351", PERSON]) expect(said).not.toContain(canary);
  });

  test("go by themselves also after something was given back", async () => {
    await limits.take(all, newId<Ticket>());
    await limits.giveBack(all);
    for (const name of await at.names("{l:*"))
      expect(Number(await at.bench.connection.command("PTTL", name)), name).toBeGreaterThan(0);
  });

  test("live 48 hours at most, after the longest pause that there is too, and as long as they say something", async () => {
    const slow = Object.fromEntries(
      LIMIT_NAMES.map((name) => {
        const { pause } = LIMITS[name];
        const longest = pause === undefined ? {} : { pause: { first: DAY, longest: DAY } };
        return [name, { budget: 2, per: DAY, ...longest }];
      }),
    ) as LimitSettings; // of all names
    limits = at.counted(slow);
    for (const take of all) for (let i = 0; i < 4; i++) await limits.take([take], newId<Ticket>());
    for (const name of await at.names("{l:*")) {
      const left = Number(await at.bench.connection.command("PTTL", name));
      const limit = LIMIT_NAMES.find((each) => name.includes(`:${each}:`));
      const least = limit === undefined ? 0 : LIMITS[limit].pause === undefined ? DAY / 2 : 2 * DAY;
      expect(left, name).toBeGreaterThan(least - MINUTE);
      expect(left, name).toBeLessThanOrEqual(2 * DAY);
    }
  });
});
