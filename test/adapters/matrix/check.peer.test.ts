import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type MatrixConfig, registrationOf } from "../../../adapters/matrix/index.ts";
import { SYNAPSE } from "../../../scripts/docs/doctor-synapse-cases.ts";
import { canRun } from "../../../scripts/testing/peers.ts";
import type { Finding } from "../../../src/adapter/index.ts";
import { freePort, type Synapse, startSynapse } from "../../peers/synapse/index.ts";
import { MemoryHost } from "../../support/account-host.ts";
import { brokenRegistration } from "./broken-registrations.ts";
import { ALL_WELL, checkAccount, shown } from "./check.cases.ts";
import { configFor, startAccount } from "./setup.ts";

/** As `footbridge doctor` prints it, with all numbers alike. */
function lineOf(finding: Finding): string {
  const what = `${finding.status.padEnd(7)}  account matrix: ${finding.check}: ${finding.found}`;
  return (finding.status === "ok" ? what : `${what}: ${finding.remedy}`).replaceAll(/\d+/g, "0");
}

describe.runIf(canRun("synapse"))("a check of a Matrix account with Synapse", () => {
  const folder = mkdtempSync(join(tmpdir(), "fb-check-synapse-"));
  let synapse: Synapse;
  let config: MatrixConfig;
  let port: number;

  beforeAll(async () => {
    port = await freePort();
    const nowhere = "http://127.0.0.1:1";
    const loaded = [
      registrationOf(configFor(nowhere, port)),
      ...SYNAPSE.flatMap(({ id }) => brokenRegistration(id, nowhere, port).loaded ?? []),
    ];
    const files = loaded.map((registration, at) => {
      const file = join(folder, `appservice-${at}.yaml`);
      writeFileSync(file, JSON.stringify(registration), { mode: 0o600 });
      return file;
    });
    // The limit of rooms as Synapse has it by default.
    const extra = {
      app_service_config_files: files,
      rc_room_creation: { per_second: 0.016, burst_count: 10 },
    };
    synapse = await startSynapse({ extra });
    config = configFor(synapse.url, port);
  });
  afterAll(async () => {
    await synapse?.stop();
    rmSync(folder, { recursive: true });
  });

  test("finds all well before the first start", async () => {
    expect(shown(await checkAccount(config, false))).toEqual(ALL_WELL);
  });

  test("finds all well beside a daemon that has the port", async () => {
    const running = await startAccount(config, new MemoryHost());
    expect(shown(await checkAccount(config, true))).toEqual(ALL_WELL);
    await running.stop();
  });

  test("finds the registration that Synapse's own config names, and says what its settings cost", async () => {
    const serverConfig = join(synapse.folder, "homeserver.yaml");
    const findings = await checkAccount(config, false, { serverConfig });
    expect(findings).toContainEqual({
      check: "registration file",
      status: "ok",
      found: "appservice-0.yaml is as the config needs it",
    });
    const costs = findings.filter(({ status }) => status === "warning").map(({ check }) => check);
    const check = "homeserver's privacy";
    expect(costs).toEqual(["search", "redaction", "retention"].map((name) => `${check}: ${name}`));
    const quiet = { ...JSON.parse(readFileSync(serverConfig, "utf8")), enable_search: false };
    const copy = join(folder, "copy.yaml");
    writeFileSync(copy, JSON.stringify(quiet));
    const less = await checkAccount(config, false, { serverConfig: copy });
    expect(less.map((finding) => finding.check)).not.toContain("homeserver's privacy: search");
  });

  test.each(SYNAPSE)("of $setup says: $says", async ({ id, says }) => {
    const { config: wrong } = brokenRegistration(id, synapse.url, port);
    const findings = await checkAccount(wrong, false);
    expect(findings.map(lineOf)).toContain(says.replaceAll(/\d+/g, "0"));
    expect(JSON.stringify(findings)).not.toMatch(/as-synapse|hs-synapse|127\.0\.0\.1|other\.example/);
  });
});
