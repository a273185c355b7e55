// The transcripts with WhatsApp over the daemon as it is: a real homeserver, an SMSC and phones that nobody here wrote, and a
// WhatsApp-compatible server between.

import "../support/whatsapp/quiet-console.ts";
import { afterAll, beforeAll, describe } from "vitest";
import { canRun } from "../../scripts/testing/peers.ts";
import { mainOnes } from "./cast.ts";
import { type OpenStage, playChapters } from "./chapters.ts";
import { Networks } from "./daemon/networks.ts";
import { openDaemonStage } from "./daemon/stage.ts";
import { WhatsAppSide } from "./daemon/whatsapp-side.ts";
import { PHONES_MOVED, SELLER_MOVED } from "./moving.ts";
import { ON_WHATSAPP } from "./transcripts/all.ts";

describe.runIf(canRun("synapse") && canRun("jsmpp") && canRun("whatsmeow"))("with WhatsApp", () => {
  let networks: Networks;
  let whatsapp: WhatsAppSide;
  beforeAll(async () => {
    [networks, whatsapp] = await Promise.all([Networks.open(), WhatsAppSide.open()]);
  });
  afterAll(async () => {
    await networks?.close();
    await whatsapp?.close();
  });

  const open: OpenStage = (cast, numbers) => openDaemonStage(networks, cast, numbers, whatsapp);
  playChapters(ON_WHATSAPP, open);
  describe("instead of SMS", () => playChapters(PHONES_MOVED.map(mainOnes), open));
  describe("instead of a seller's rooms", () => playChapters(SELLER_MOVED.map(mainOnes), open));
});
