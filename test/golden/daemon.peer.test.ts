// The transcripts over the daemon as it is, between a real homeserver and an SMSC that nobody here wrote.

import { afterAll, beforeAll, describe } from "vitest";
import { canRun } from "../../scripts/testing/peers.ts";
import { mainOnes } from "./cast.ts";
import { type OpenStage, playChapters } from "./chapters.ts";
import { Networks } from "./daemon/networks.ts";
import { openDaemonStage } from "./daemon/stage.ts";
import { playOwnTimes } from "./own-times.ts";
import { CODES, WITHOUT_CODE } from "./transcripts/codes.ts";
import { BLOCKS, NAMES, OPT_OUT } from "./transcripts/control.ts";
import { DEGRADED, MAYBE_DELIVERED, NOT_DELIVERED } from "./transcripts/delivery.ts";
import { ACCEPTING, BLOCKING, DECLINING } from "./transcripts/first-contact.ts";
import { GUARD } from "./transcripts/guard.ts";
import { HANDLES } from "./transcripts/handles.ts";
import { LINKED_TALK, LINKING } from "./transcripts/linking.ts";
import { BLOCKED_ELSEWHERE, MUTED_ELSEWHERE } from "./transcripts/other-handles.ts";
import { OTHER_NETWORKS } from "./transcripts/other-networks.ts";
import { SEVERAL, UNANSWERED } from "./transcripts/requests.ts";
import { SHARED_CHAT } from "./transcripts/shared-chat.ts";

const CHAPTERS = [
  ...[HANDLES, ACCEPTING, DECLINING, BLOCKING, UNANSWERED, SEVERAL, CODES, WITHOUT_CODE],
  ...[LINKING, LINKED_TALK, BLOCKS, NAMES, OPT_OUT, NOT_DELIVERED, MAYBE_DELIVERED, DEGRADED],
  ...[OTHER_NETWORKS, SHARED_CHAT, GUARD, BLOCKED_ELSEWHERE, MUTED_ELSEWHERE],
];

describe.runIf(canRun("synapse") && canRun("jsmpp"))("over Synapse and an SMSC", () => {
  let networks: Networks;
  beforeAll(async () => {
    networks = await Networks.open();
  });
  afterAll(() => networks?.close());

  const open: OpenStage = (cast, numbers) => openDaemonStage(networks, cast, numbers);
  playChapters(CHAPTERS.map(mainOnes), open);
  playOwnTimes(open);
});
