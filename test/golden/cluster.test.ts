// What people see is the same where Redis is a cluster: first contact, linking, a guest who is linked, blocks, names, forgetting.

import { afterAll, afterEach, expect, test } from "vitest";
import { auditKeys } from "../../src/daemon/audit.ts";
import { systemClock } from "../../src/observe/clock.ts";
import { endClusters, takeCluster } from "../support/redis.ts";
import { DOCUMENTED_NUMBERS, mainOnes } from "./cast.ts";
import { playChapters } from "./chapters.ts";
import { openScripted, type ScriptedStage } from "./scripted-stage.ts";
import { BLOCKS } from "./transcripts/control.ts";
import { ACCEPTING } from "./transcripts/first-contact.ts";
import { ACCEPTED, FIRST_CONTACT } from "./transcripts/first-lines.ts";
import { LINKING } from "./transcripts/linking.ts";

const onCluster = { startRedis: () => takeCluster() };
let stage: ScriptedStage | undefined;
afterEach(async () => {
  await stage?.close();
  stage = undefined;
});
afterAll(endClusters);

playChapters([ACCEPTING, LINKING, BLOCKS].map(mainOnes), (cast, numbers = DOCUMENTED_NUMBERS) =>
  openScripted(cast, numbers, onCluster),
);

test("what is left after somebody was forgotten, over a restart, is explained by the table of keys", async () => {
  stage = await openScripted({ seller: "matrix", buyer: "sms" }, DOCUMENTED_NUMBERS, onCluster);
  const known = await stage.play(FIRST_CONTACT);
  await stage.restart();
  await stage.play(ACCEPTED.slice(FIRST_CONTACT.length), known);
  await stage.play(
    `
seller -> forget me
seller <- Forget you? Your handles, links and conversations end, and the others are told. It can't be undone. 1 yes · 2 no
seller -> 1
seller <- You are forgotten. Marks of STOP and of blocks stay; what else is left names nobody, and goes by itself.
buyer  <- This conversation has ended.
`,
    known,
  );
  const { families, unexplained } = await auditKeys(stage.house.connection, systemClock);
  expect(unexplained).toEqual([]);
  expect(families.filter(({ withoutTtl, tooLong }) => withoutTtl + tooLong > 0)).toEqual([]);
  expect(families.find(({ family }) => family === "handle")?.keys).toBe(0);
}, 60_000);
