import { afterEach, expect, test } from "vitest";
import { createLogger } from "../../src/observe/logger.ts";
import { aWhile, openWorld, type World } from "../support/test-house.ts";

let world: World;
afterEach(() => world.close());

test("each change of an account's state is logged once: as an error where the operator has to mend something", async () => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  world = await openWorld({ log: createLogger({ level: "debug", destination }) });
  const { account } = await world.open();
  await aWhile(50);
  lines.length = 0;
  const { report } = account.phones.host;
  const links = [{ name: "far", connected: false }];
  report({ kind: "disconnected", reason: "timeout" });
  report({ kind: "disconnected", reason: "timeout", links });
  report({ kind: "disconnected", reason: "not-connected" });
  report({ kind: "degraded", reason: "not-connected" });
  report({ kind: "degraded", reason: "unauthorised", remedy: "check its password" });
  report({ kind: "degraded", reason: "unauthorised" });
  report({ kind: "misconfigured", reason: "unauthorised", remedy: "check its password" });
  report({ kind: "connected" });
  const said = lines.map((line) => JSON.parse(line)).filter(({ event }) => event === "account.state");
  expect(said.map(({ level, state, reason }) => [level, state, reason])).toEqual([
    ["info", "disconnected", "timeout"],
    ["info", "disconnected", "not-connected"],
    ["info", "degraded", "not-connected"],
    ["error", "degraded", "unauthorised"],
    ["info", "degraded", "unauthorised"],
    ["error", "misconfigured", "unauthorised"],
    ["info", "connected", undefined],
  ]);
});
