import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type MatrixConfig, registrationOf } from "../../../adapters/matrix/index.ts";
import { canRun } from "../../../scripts/testing/peers.ts";
import { freePort, type Synapse, startSynapse } from "../../peers/synapse/index.ts";
import { MemoryHost } from "../../support/account-host.ts";
import { ALL_WELL, checkAccount, shown, WRONG } from "./check.cases.ts";
import { configFor, startAccount } from "./setup.ts";

describe.runIf(canRun("synapse"))("a check of a Matrix account with Synapse", () => {
  let synapse: Synapse;
  let config: MatrixConfig;

  beforeAll(async () => {
    const port = await freePort();
    synapse = await startSynapse({ registration: registrationOf(configFor("http://127.0.0.1:1", port)) });
    config = configFor(synapse.url, port);
  });
  afterAll(() => synapse?.stop());

  test("finds all well before the first start", async () => {
    expect(shown(await checkAccount(config, false))).toEqual(ALL_WELL);
  });

  test("finds all well beside a daemon that has the port", async () => {
    const running = await startAccount(config, new MemoryHost());
    expect(shown(await checkAccount(config, true))).toEqual(ALL_WELL);
    await running.stop();
  });

  test.each(WRONG)("tells of $name, without naming it", async ({ change, shown: expected, remedy }) => {
    const findings = await checkAccount({ ...config, ...change(config) }, false);
    expect(shown(findings)).toEqual(expected);
    expect(findings.find(({ status }) => status === "problem")).toMatchObject({
      remedy: expect.stringMatching(remedy),
    });
    expect(JSON.stringify(findings)).not.toMatch(/canary|localhost|127\.0\.0\.1/);
  });
});
