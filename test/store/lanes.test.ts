import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ChatKey } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { DAY, MINUTE } from "../../src/model/time.ts";
import { FINGERPRINT_LIFETIME } from "../../src/store/arrivals.ts";
import { keys } from "../../src/store/keys.ts";
import type { AcceptReply, LaneName } from "../../src/store/lanes.ts";
import type { Fences } from "../../src/store/meta.ts";
import { acceptOne } from "./accept.ts";
import { type Bench, newId, nothing, openBench, PHONES, type Process, runOut, textEvent } from "./fixture.ts";

let bench: Bench;
let house: Process;
let fences: Fences;

beforeAll(async () => {
  bench = await openBench();
  house = bench.begin();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.clear();
  fences = await bench.fences();
});

describe("a lane", () => {
  const name = (): LaneName => ({ account: PHONES, chat: newId<ChatKey>() });
  const accept = async (to: LaneName, id: string, hasCursor = false): Promise<AcceptReply> => {
    const lookups = house.store.vault.keyring.event(PHONES, id);
    const event = textEvent(id, bench.clock.now());
    const since = hasCursor ? { since: house.store.vault.keyring.sinceCursor(PHONES, id) } : {};
    return acceptOne(house, to, event, { kind: "id", lookups, ...since }, fences.next());
  };

  test("counts the claims that came to nothing, and begins anew when something was done", async () => {
    const to = name();
    await accept(to, "one");
    await accept(to, "two");
    for (let attempts = 2; attempts < 6; attempts++) {
      await runOut(bench.connection, keys.lanesDue(PHONES), to.chat);
      expect(await house.lanes.claim(PHONES, fences.next(), 10, false)).toEqual([
        { chat: to.chat, attempts },
      ]);
    }
    const fence = fences.next();
    await house.lanes.claim(PHONES, fence, 10, true);
    await house.lanes.pop(PHONES, [{ chat: to.chat, fence, count: 1 }], nothing);
    const [claimed] = await house.lanes.claim(PHONES, fences.next(), 10, true);
    expect(claimed?.attempts).toBe(2);
  });

  test("remembers an id through the period after its own, and no longer", async () => {
    const to = name();
    const replies: AcceptReply[] = [await accept(to, "one")];
    for (let period = 1; period <= 2; period++) {
      bench.clock.advance(7 * DAY);
      await bench.keyring.prepare();
      replies.push(await accept(to, "one"));
    }
    expect(replies).toEqual(["claimed", "duplicate", "queued"]);
  });

  const arrive = (to: LaneName, session: string, order: number, after?: number): Promise<AcceptReply> => {
    const repeats = after === undefined ? [] : [{ session: "s1", after }];
    const fingerprint = sensitive("yes");
    const identity = { kind: "fingerprint", fingerprint, session, order, repeats } as const;
    const lookups = bench.keyring.fingerprints(PHONES, "yes", FINGERPRINT_LIFETIME);
    const by = { kind: "fingerprint", lookups, identity } as const;
    return acceptOne(house, to, textEvent("yes", bench.clock.now()), by, fences.next());
  };

  test("suppresses one repeat for each arrival that may have been left unanswered, and not one more", async () => {
    const to = name();
    // Three times "yes", the first of them answered, then the session ended badly.
    for (const order of [1, 2, 3]) await arrive(to, "s1", order);
    const again: AcceptReply[] = [];
    for (const order of [1, 2, 3]) again.push(await arrive(to, "s2", order, 1));
    expect(again).toEqual(["duplicate", "duplicate", "queued"]);
    expect(await arrive(to, "s2", 3, 1)).toBe("duplicate"); // the same arrival, asked about again
  });

  test("takes a repeat for that of the earliest arrival, also over the weekly change of the pepper", async () => {
    for (const betweenFirstTwo of [0, 2 * MINUTE]) {
      const to = name();
      await bench.clear();
      bench.clock.advance(7 * DAY - (bench.clock.now() % (7 * DAY)) - MINUTE);
      await bench.keyring.prepare();
      await arrive(to, "s1", 1);
      bench.clock.advance(betweenFirstTwo);
      await arrive(to, "s1", 2);
      await arrive(to, "s1", 3);
      expect(await arrive(to, "s2", 1, 0)).toBe("duplicate");
      // The second and third are left.
      expect([await arrive(to, "s2", 2, 1), await arrive(to, "s2", 3, 1)]).toEqual([
        "duplicate",
        "duplicate",
      ]);
      expect(await arrive(to, "s2", 4, 0)).toBe("queued");
    }
  });

  test("goes to one of those who claim at the same moment", async () => {
    const all = Array.from({ length: 40 }, name);
    await Promise.all(all.map((to, i) => accept(to, `${i}`)));
    await Promise.all(all.map(({ chat }) => runOut(bench.connection, keys.lanesDue(PHONES), chat)));
    const claims = await Promise.all(
      Array.from({ length: 8 }, () => house.lanes.claim(PHONES, fences.next(), 10, false)),
    );
    const claimed = claims.flat().map(({ chat }) => chat);
    expect(claimed.sort()).toEqual(all.map(({ chat }) => chat).sort());
  });

  test("that can't be opened any more shows its events as errors in their place", async () => {
    const to = name();
    await accept(to, "one");
    await bench.connection.command("RPUSH", keys.lane(PHONES, to.chat), Buffer.from("nothing of ours"));
    await accept(to, "two");
    const found: string[] = [];
    await house.lanes.read(to, 0, 10, (events) =>
      found.push(...events.map((event) => (event instanceof Error ? "error" : "event"))),
    );
    expect(found).toEqual(["event", "error", "event"]);
  });
});
