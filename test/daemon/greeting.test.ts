// What whoever sets the bridge up is told of its first message to them, between two scripted networks.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { greetOperator } from "../../src/daemon/greeting.ts";
import { OperatorChat } from "../../src/pipeline/operator-chat.ts";
import { answers, isKind } from "../support/scripted-account.ts";
import { openWorld, type TestHouse, type World } from "../support/test-house.ts";

const ADMIN = "@admin.canary:example.org";
const GREETING = "The bridge is set up and reaches you here.";

let world: World;
let house: TestHouse;
beforeEach(async () => {
  world = await openWorld({ pairs: 0, operator: ADMIN });
  house = await world.open();
});
afterEach(() => world.close());

function greet(most?: number) {
  const { operator, texts } = house.house;
  if (operator === undefined) throw new Error("there is an operator here");
  const chat = new OperatorChat(house.pipeline.office, operator, house.pipeline);
  const newsroom = { greet: () => chat.greet(texts.operatorGreeting({})) };
  return greetOperator(house.house, operator, newsroom, most);
}
const greetings = () => world.rooms.texts().filter((text) => text.startsWith(GREETING)).length;

describe("a greeting", () => {
  test("was sent when their network has it", async () => {
    expect(await greet()).toBe("sent");
    expect(greetings()).toBe(1);
  });

  test.each(["openPortal", "send"] as const)("was refused when their network refuses to %s", async (kind) => {
    world.rooms.next(answers({ kind: "refused", reason: "forbidden", scope: "portal" }), isKind(kind));
    expect(await greet()).toBe("refused");
    expect(await greet()).toBe("sent");
  });

  test("is late while their network can't be reached, and is sent then", async () => {
    world.rooms.next(
      answers({ kind: "retry", reason: "not-connected", scope: "delivery", counts: false }),
      isKind("send"),
    );
    expect(await greet(0)).toBe("late");
    await expect.poll(greetings, { timeout: 8_000 }).toBe(1);
  });

  test("goes to nobody where the config names nobody, and waits for a chat that isn't there yet", async () => {
    expect(await greetOperator(house.house, undefined, { greet: async () => undefined })).toBe("nobody");
    const { operator } = house.house;
    expect(await greetOperator(house.house, operator, { greet: async () => undefined })).toBe("untold");
  });
});
