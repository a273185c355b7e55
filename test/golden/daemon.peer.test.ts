// All transcripts over the daemon as it is, between a real homeserver and an SMSC that nobody here wrote.

import { afterAll, beforeAll, describe } from "vitest";
import { canRun } from "../../scripts/testing/peers.ts";
import { mainOnes } from "./cast.ts";
import { type OpenStage, playChapters } from "./chapters.ts";
import { Networks } from "./daemon/networks.ts";
import { openDaemonStage } from "./daemon/stage.ts";
import { playOwnTimes } from "./own-times.ts";
import { ALL } from "./transcripts/all.ts";

describe.runIf(canRun("synapse") && canRun("jsmpp"))("over Synapse and an SMSC", () => {
  let networks: Networks;
  beforeAll(async () => {
    networks = await Networks.open();
  });
  afterAll(() => networks?.close());

  const open: OpenStage = (cast, numbers) => openDaemonStage(networks, cast, numbers);
  playChapters(ALL.map(mainOnes), open);
  playOwnTimes(open);
});
