import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { formatLinkCode, newLinkCode } from "../../src/consent/link-code.ts";
import type { LinkCode } from "../../src/model/handle.ts";
import type { CanonicalId, ConversationId } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { DAY, HOUR, MINUTE, type Random } from "../../src/model/time.ts";
import { keys } from "../../src/store/keys.ts";
import { LINK_CODE_LIFETIME, LinkCodes } from "../../src/store/link-codes.ts";
import type { PersonHandle } from "../../src/store/people.ts";
import {
  type Bench,
  dyingConnection,
  MATRIX,
  MXID,
  newId,
  nothing,
  openBench,
  PHONE,
  type Process,
  SMS,
} from "./fixture.ts";
import { allKeys, everythingIn, forms } from "./leak-scan.ts";

let bench: Bench;
let house: Process;
let person: PersonHandle;
let codes: LinkCodes;
const desk = newId<ConversationId>();
const event = (): CanonicalId => newId<CanonicalId>();

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.clear();
  await bench.keyring.prepare();
  house = bench.begin();
  person = await house.people.findOrCreate(MATRIX, MXID);
  codes = codesOf(house);
});

function codesOf({ store }: Process, newCode: (random: Random) => LinkCode = newLinkCode): LinkCodes {
  return new LinkCodes(store, newCode);
}

describe("a link code", () => {
  test("tells another process who gave it out, and where", async () => {
    const code = await codes.issue(person, desk);
    expect(code).toMatch(/^\d{8}$/);
    const other = codesOf(bench.begin());
    expect(await other.peek(code)).toEqual({ person: person.id, desk });
    expect(await other.take(code, event())).toEqual({ person: person.id, desk });
  });

  test("is used once, whoever asks", async () => {
    const code = await codes.issue(person, desk);
    expect(await codes.take(code, event())).toBeDefined();
    expect(await codes.take(code, event())).toBeUndefined();
    expect(await codes.peek(code)).toBeUndefined();
  });

  test("goes to one of forty who send it at the same moment, in several processes", async () => {
    const code = await codes.issue(person, desk);
    const processes = Array.from({ length: 4 }, () => codesOf(bench.begin()));
    const taken = await Promise.all(
      Array.from({ length: 40 }, (_, i) => processes[i % 4]?.take(code, event())),
    );
    expect(taken.filter((each) => each !== undefined)).toHaveLength(1);
  });

  test("is given to the same event again, after a crash that lost the answer", async () => {
    const code = await codes.issue(person, desk);
    const first = event();
    const dying = codesOf(bench.begin(dyingConnection(bench.connection, 2, true)));
    await expect(dying.take(code, first)).rejects.toThrow();
    expect(await codes.take(code, event())).toBeUndefined();
    expect(await codes.take(code, first)).toEqual({ person: person.id, desk });
  });

  test("ends with the next that the person asks for", async () => {
    const first = await codes.issue(person, desk);
    const other = await house.people.findOrCreate(SMS, PHONE);
    const theirs = await codes.issue(other, desk);
    const second = await codes.issue(person, desk);
    expect(await codes.peek(first)).toBeUndefined();
    expect(await codes.take(first, event())).toBeUndefined();
    expect(await codes.peek(second)).toBeDefined();
    expect(await codes.peek(theirs)).toMatchObject({ person: other.id });
  });

  test("is one of those asked for at the same moment: the others are nobody's", async () => {
    const asked = await Promise.all(
      Array.from({ length: 8 }, () => codesOf(bench.begin()).issue(person, desk)),
    );
    const live = await Promise.all(asked.map((code) => codes.peek(code)));
    expect(live.filter((each) => each !== undefined)).toHaveLength(1);
  });

  test("lives ten minutes by our clock, and not longer in Redis", async () => {
    const code = await codes.issue(person, desk);
    const named = (await allKeys(bench.connection)).filter((name) => /^\{h:|:l$/.test(name));
    expect(named).toHaveLength(2);
    for (const name of named) {
      const left = Number(await bench.connection.command("PTTL", name));
      expect(left).toBeGreaterThan(9 * MINUTE);
      expect(left).toBeLessThanOrEqual(LINK_CODE_LIFETIME);
    }
    bench.clock.advance(LINK_CODE_LIFETIME - 1);
    expect(await codes.peek(code)).toBeDefined();
    bench.clock.advance(1);
    expect(await codes.peek(code)).toBeUndefined();
    expect(await codes.take(code, event())).toBeUndefined();
  });

  test("keeps its end when it is taken", async () => {
    const code = await codes.issue(person, desk);
    await bench.connection.command("PEXPIRE", keys.personLink(person.id), 5 * MINUTE);
    await codes.take(code, event());
    const left = Number(await bench.connection.command("PTTL", keys.personLink(person.id)));
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(5 * MINUTE);
  });

  test("can't be read once the key of its hour is gone", async () => {
    const code = await codes.issue(person, desk);
    bench.clock.advance(DAY + 2 * HOUR);
    await bench.keyring.destroyExpired(bench.clock.now());
    expect(await codes.peek(code)).toBeUndefined();
  });

  test("that isn't in use is nobody's", async () => {
    expect(await codes.peek("00000000" as LinkCode)).toBeUndefined();
    expect(await codes.take("00000000" as LinkCode, event())).toBeUndefined();
  });

  test("can be cancelled", async () => {
    const code = await codes.issue(person, desk);
    await codes.cancel(person.id);
    expect(await codes.take(code, event())).toBeUndefined();
  });

  test("that somebody has isn't given to another: another one is drawn, and a source that gives no other is an error", async () => {
    const first = await codes.issue(person, desk);
    const other = await house.people.findOrCreate(SMS, PHONE);
    const draws = [first, first];
    const second = await codesOf(house, (random) => draws.shift() ?? newLinkCode(random)).issue(other, desk);
    expect(second).not.toBe(first);
    expect(await codes.peek(first)).toMatchObject({ person: person.id });
    await expect(codesOf(house, () => first).issue(other, desk)).rejects.toThrow("randomness");
  });

  test("of a process that dies while it gives one out is nobody's, or the person's last", async () => {
    for (let at = 1; at < 5; at++) {
      for (const doneStill of [false, true]) {
        const before = await codes.issue(person, desk);
        const drawn: LinkCode[] = [];
        const dying = codesOf(bench.begin(dyingConnection(bench.connection, at, doneStill)), (random) => {
          const code = newLinkCode(random);
          drawn.push(code);
          return code;
        });
        await dying.issue(person, desk).catch(nothing);
        const live = await Promise.all([before, ...drawn].map((code) => codes.peek(code)));
        expect(live.filter((each) => each !== undefined)).toHaveLength(1);
      }
    }
  });
});

test("Redis shows no code, address or taker, nor to which person a code leads", async () => {
  const other = await house.people.findOrCreate(SMS, sensitive("+351912345679"));
  const code = await codes.issue(person, desk);
  const second = await codes.issue(other, desk);
  const taker = event();
  await codes.take(code, taker);
  const canaries = [
    code,
    formatLinkCode(code),
    second,
    formatLinkCode(second),
    MXID.expose(),
    "351912345679",
    taker,
    desk,
  ];
  const all = await everythingIn(bench.connection);
  for (const canary of canaries)
    expect(all.some((each) => forms(canary).some((form) => each.includes(form)))).toBe(false);
  for (const [owner, theirs] of [
    [person, code],
    [other, second],
  ] as const) {
    const name = keys.linkCode(house.store.vault.keyring.code("link", theirs));
    const lead = await bench.connection.command("GET", name);
    const mark = String(await bench.connection.command("GET", keys.personLink(owner.id))).slice(0, 16);
    for (const shown of [owner.id, mark]) expect(Buffer.isBuffer(lead) && lead.includes(shown)).toBe(false);
  }
});
