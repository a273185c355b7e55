import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Take } from "../../src/model/limits.ts";
import { DAY, HOUR, MINUTE } from "../../src/model/time.ts";
import { takesOf } from "../../src/safety/limits.ts";
import type { Limits, Ticket } from "../../src/store/limits.ts";
import { text } from "../../src/store/reply.ts";
import { dyingConnection, newId } from "./fixture.ts";
import {
  ANA,
  contact,
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

describe("what is given back", () => {
  test("can be taken again: right codes don't count", async () => {
    for (let i = 0; i < 50; i++) {
      expect((await limits.take(handleCode())).kind).toBe("allowed");
      await limits.giveBack(handleCode());
    }
    expect(await often(handleCode())).toBe(5);
  });

  test("makes no bucket fuller than full", async () => {
    for (let i = 0; i < 5; i++) await limits.giveBack(contact);
    expect(await often(contact)).toBe(20);
    await at.pass(DAY);
    await limits.giveBack(contact);
    await limits.giveBack(contact);
    expect(await often(contact)).toBe(20);
  });
});

describe("the reserve of codes", () => {
  test("lets one code a day through for each address when the others used up what is for all", async () => {
    limits = at.counted({ wrongHandleCodes: { budget: 1, per: DAY } });
    await often(handleCode(LEO));
    expect(await limits.take(handleCode())).toMatchObject({ kind: "refused", limit: "wrongHandleCodes" });
    const reserved = takesOf({ kind: "reserved-code", from: ANA });
    expect(await often(reserved)).toBe(1);
    await limits.giveBack(reserved); // it was right
    expect(await often(reserved)).toBe(1);
    expect(await often([{ limit: "wrongCodes", scope: ANA, cost: 1 }])).toBe(4);
  });
});

describe("a ticket", () => {
  const ticket = newId<Ticket>();

  test("is charged once, in every slot, however often it is asked", async () => {
    for (let i = 0; i < 30; i++) expect(await limits.take(handleCode(), ticket)).toEqual({ kind: "allowed" });
    expect(await often(handleCode())).toBe(4);
  });

  test("gets a refusal again until it is over, and is told of the pause that began with it each time", async () => {
    await often(handleCode());
    await at.pass(HOUR);
    for (let i = 0; i < 5; i++) await limits.take(handleCode());
    const refused = { kind: "refused", limit: "wrongCodes", begins: true } as const;
    expect(await limits.take(handleCode(), ticket)).toEqual({ ...refused, retryAfter: 2 * HOUR });
    await at.pass(MINUTE);
    expect(await limits.take(handleCode(), ticket)).toEqual({ ...refused, retryAfter: 2 * HOUR - MINUTE });
    expect(await limits.take(handleCode())).toMatchObject({ begins: false });
  });

  test("gives back once, and stays allowed after it", async () => {
    await limits.take(handleCode(), ticket);
    await limits.take(handleCode());
    for (let i = 0; i < 5; i++) await limits.giveBack(handleCode(), ticket);
    for (let i = 0; i < 5; i++) expect((await limits.take(handleCode(), ticket)).kind).toBe("allowed");
    expect(await often(handleCode())).toBe(4);
  });

  test("gives nothing back that it didn't take", async () => {
    await limits.take(handleCode());
    await limits.giveBack(handleCode(), ticket);
    expect(await often(handleCode())).toBe(4);
  });

  test("that a second slot refused is a new question later: it is charged then", async () => {
    limits = at.counted({ wrongHandleCodes: { budget: 1, per: HOUR } });
    await limits.take(handleCode(LEO));
    expect((await limits.take(handleCode(), ticket)).kind).toBe("refused");
    for (const name of await at.names("{l:*}:t:*")) {
      const answer = text(await at.bench.connection.command("GET", name));
      if (answer !== "taken" && answer !== "given") await at.bench.connection.command("DEL", name); // as its TTL does
    }
    await at.pass(HOUR);
    expect(await limits.take(handleCode(), ticket)).toEqual({ kind: "allowed" });
    expect(await often([{ limit: "wrongCodes", scope: ANA, cost: 1 }])).toBe(4);
  });

  test("of one event may ask for different things", async () => {
    const link = takesOf({ kind: "link-code", person: PERSON });
    await often(contact);
    expect((await limits.take(link, ticket)).kind).toBe("allowed");
    expect((await limits.take(contact, ticket)).kind).toBe("refused");
  });
});

describe("Redis away", () => {
  const away = () => at.real({}, dyingConnection(at.bench.connection, 1));

  test("lets pass what fails open", async () => {
    expect(await away().take(takesOf({ kind: "command", from: ANA }))).toEqual({ kind: "allowed" });
    const message = takesOf({ kind: "message", from: ANA, person: PERSON });
    expect(await away().take(message)).toEqual({ kind: "allowed" });
  });

  test("stops what fails closed, and says that nobody ran into a limit", async () => {
    expect(await away().take(sms(1))).toEqual({ kind: "away", limit: "smsPerPhone" });
    expect(await away().take(handleCode())).toEqual({ kind: "away", limit: "wrongCodes" });
    const mixed = [...takesOf({ kind: "command", from: ANA }), ...contact];
    expect(await away().take(mixed)).toEqual({ kind: "away", limit: "newContacts" });
  });

  test("between two slots stops too", async () => {
    const dies = at.real({}, dyingConnection(at.bench.connection, 2));
    expect(await dies.take(handleCode())).toEqual({ kind: "away", limit: "wrongCodes" });
  });
});
