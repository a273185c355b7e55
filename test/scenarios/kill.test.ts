import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { canRun } from "../../scripts/testing/peers.ts";
import { conversationsOf } from "./kill/conversations.ts";
import { added, emptyTotals, isKept, tableOf } from "./kill/report.ts";
import { runScenario } from "./kill/scenario.ts";

const STOPS = 20;
/** Three minutes on a quiet machine; what hangs is for the report to say, not for the runner. */
const PATIENCE = 10 * 60_000;

const hasWhatsApp = canRun("whatsmeow");
const networks = hasWhatsApp ? "Synapse, an SMSC and WhatsApp" : "Synapse and an SMSC (WhatsApp is left out)";

describe.runIf(canRun("synapse") && canRun("jsmpp"))(`the bridge between ${networks}`, () => {
  test(`loses, doubles and reorders nothing over ${STOPS} random stops`, { timeout: PATIENCE }, async () => {
    const folder = await mkdtemp(join(tmpdir(), "footbridge-kill-"));
    const seed = Date.now() & 0x7fffffff;
    const said: string[] = [];
    const say = (line: string): number => said.push(line);
    const conversations = hasWhatsApp ? conversationsOf(4, 2) : conversationsOf(6, 0);
    const result = await runScenario({ stops: STOPS, seed, conversations, loopback: false, folder, say });
    const isFine = isKept(result);
    const report = [`seed ${seed}, ${folder}`, tableOf(added(emptyTotals(), result)), ...said];
    for (const { token, what } of result.findings) report.push(`${token}: ${what}`);
    expect(isFine, report.join("\n")).toBe(true);
    await rm(folder, { recursive: true, force: true });
  });
});
