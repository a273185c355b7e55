import { expect, test } from "vitest";
import { createLogger } from "../../src/observe/logger.ts";
import { answers, isKind, isNotice } from "../support/scripted-account.ts";
import { aWhile, openWorld, pairOf, read, ready, until } from "../support/test-house.ts";

test("nothing in the log of a whole run holds an address, a text or an id of a network", async () => {
  const lines: string[] = [];
  const log = createLogger({
    level: "debug",
    destination: { write: (line: string) => void lines.push(line) },
  });
  const world = await openWorld({ log, pairs: 2, delivery: { attempts: 1 } });
  try {
    const house = await world.open();
    await ready(world);
    world.phones.next(answers({ kind: "refused", reason: "unreachable", scope: "delivery" }));
    world.phones.next(answers({ kind: "unknown", reason: "timeout" }));
    world.phones.next(answers({ kind: "retry", reason: "network-error", scope: "delivery", counts: true }));
    world.phones.next(async (operation) => {
      throw new Error(`canary: ${JSON.stringify(operation)} +351910000000 @user0.canary:example.org`);
    });
    world.rooms.next(answers({ kind: "refused", reason: "forbidden", scope: "portal" }), isNotice);
    world.rooms.next(answers({ kind: "refused", reason: "gone", scope: "portal" }), isKind("updatePortal"));
    for (let i = 0; i < 6; i++) await house.say("rooms", `canary text ${i}`, { ref: `ref-canary-${i}` });
    await house.say("rooms", "canary stranger", { from: "@stranger.canary:example.org" });
    await house.say("phones", "canary nowhere", { chat: "+15550100111 +359999999" });
    await house.say("phones", "canary ok", { pair: 1 });
    await until(() => read(world, "phones").length >= 2 && read(world, "rooms", 1).length === 1);
    await world.redis.restart();
    await until(() => house.pipeline.isOpen);
    world.pairs = [pairOf(1)];
    const second = await world.open();
    await second.say("rooms", "canary after", { pair: 1 });
    await until(() => read(world, "phones", 1).includes("canary after"));
    await aWhile(100);
    await second.stop();
  } finally {
    await world.close();
  }
  const all = lines.join("");
  expect(lines.length).toBeGreaterThan(10);
  expect(all).toContain("delivery.failed");
  expect(all).toContain("perform.threw");
  expect(all).not.toMatch(/canary|@user|\+?3519|15550100|359999999|Amber|Ana/);
});
