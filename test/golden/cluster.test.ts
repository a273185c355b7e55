// What people see is the same where Redis is a cluster: first contact, linking, a guest who is linked, blocks, names, forgetting.

import { afterAll, afterEach, expect, test } from "vitest";
import { auditKeys } from "../../src/daemon/audit.ts";
import { systemClock } from "../../src/observe/clock.ts";
import { endClusters, takeCluster } from "../support/redis.ts";
import { type Cast, DOCUMENTED_NUMBERS, mainOnes } from "./cast.ts";
import { playChapters } from "./chapters.ts";
import type { Stage } from "./player.ts";
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

/** What two people write one after the other has no order between them: here the first is worked on before the second writes. */
async function openOnCluster(cast: Cast, numbers = DOCUMENTED_NUMBERS): Promise<Stage> {
  const opened = await openScripted(cast, numbers, onCluster);
  const writes: Stage["writes"] = async (...said) => {
    await opened.writes(...said);
    await opened.idle();
  };
  return { ...opened, writes };
}

playChapters([ACCEPTING, LINKING, BLOCKS].map(mainOnes), openOnCluster);

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
