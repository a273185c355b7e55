// From nothing to the first bridged message, as somebody does it who sets the bridge up: the real command in a process of its own,
// a Synapse that knows nothing of it, a real Matrix client, and an SMSC. The time of each step is printed.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { canRun } from "../../scripts/testing/peers.ts";
import { hasUser } from "../../src/cli/init/lookup.ts";
import { freePort, type Synapse, startSynapse } from "../peers/synapse/index.ts";
import { type MatrixUser, matrixUser } from "../support/matrix-user.ts";
import { LoopbackSmsc } from "../support/smsc.ts";

const LAUNCHER = join(import.meta.dirname, "../../bin/footbridge.cjs");
const BOT = "@footbridge:localhost";
const DOOR = "+12025550111";
const PHONE = "+12025550123";
const PASSWORD = "canary-7";
const PATIENCE = 60_000;

describe.runIf(canRun("synapse"))("footbridge init beside a Synapse", () => {
  const times: [step: string, ms: number][] = [];
  let folder: string;
  let port: number;
  let synapse: Synapse;
  let ana: MatrixUser;
  let smsc: LoopbackSmsc;
  let child: ChildProcess;
  /** What the command that runs now has said, and what all did. */
  let said = "";
  let everSaid = "";
  let began = performance.now();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "fb-init-"));
    port = await freePort();
    synapse = await startSynapse({ folder: join(folder, "synapse") });
    ana = await matrixUser({ url: synapse.url, name: "ana" });
    smsc = await LoopbackSmsc.start({ settings: { password: PASSWORD } });
    writeFileSync(join(folder, "smsc.txt"), `${PASSWORD}\n`, { mode: 0o600 });
  });
  afterAll(async () => {
    ana?.stop();
    if (child?.exitCode === null) {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    }
    await smsc?.stop();
    await synapse?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const options = (): string[] => [
    ...["init", "--yes", "--run", "--config", join(folder, "bridge/config.yaml")],
    ...[
      "--homeserver",
      synapse.url,
      "--server-name",
      "localhost",
      "--operator",
      "ana",
      "--port",
      String(port),
    ],
    ...[
      "--sms-host",
      "127.0.0.1",
      "--sms-port",
      String(smsc.port),
      "--sms-system-id",
      smsc.settings.systemId,
    ],
    ...["--sms-password-file", join(folder, "smsc.txt"), "--sms-numbers", `${DOOR}, +12025550112`],
  ];

  function run(args: readonly string[]): void {
    said = "";
    child = spawn(process.execPath, [LAUNCHER, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (part: Buffer) => {
        said += part.toString();
        everSaid += part.toString();
      });
    }
  }

  async function step(name: string, work: () => Promise<unknown>): Promise<void> {
    began = performance.now();
    await work();
    times.push([name, performance.now() - began]);
  }

  const reads = (text: RegExp, room?: string): Promise<string> =>
    ana.until(() => {
      const found = ana.seen.find((event) => text.test(event.body) && (room ?? event.room) === event.room);
      return found === undefined ? undefined : (text.exec(found.body)?.[1] ?? found.body);
    }, PATIENCE);
  const says = (text: RegExp): Promise<unknown> =>
    ana
      .until(() => text.test(said), PATIENCE)
      .catch((cause: unknown) => {
        throw new Error(`init never said ${text}, but:\n${said}`, { cause });
      });

  test("writes the files, and says what Synapse lacks", async () => {
    await step("init: answers to files", async () => {
      run(options());
      await says(/written {2}.*bridge\/config\.yaml/);
    });
    await step("finds that Synapse doesn't know it", () =>
      says(/waiting {2}token: the homeserver doesn't know it/),
    );
    expect(said).toMatch(/app_service_config_files:\n\s+- .*registration\.yaml/);
    for (const file of [
      "config.yaml",
      "registration.yaml",
      "secrets/kek",
      "secrets/as-token",
      "secrets/hs-token",
    ]) {
      expect(existsSync(join(folder, "bridge", file))).toBe(true);
    }
  });

  test("sees Synapse come back with the registration, and writes to its operator", async () => {
    await step("Synapse restarts with the registration", async () => {
      const registration = parse(readFileSync(join(folder, "bridge/registration.yaml"), "utf8"));
      const synapsePort = Number(new URL(synapse.url).port);
      await synapse.stop();
      synapse = await startSynapse({ folder: join(folder, "synapse"), port: synapsePort, registration });
    });
    await step("the homeserver reaches the bridge", () =>
      says(/The homeserver knows the bridge, and reaches it/),
    );
    expect(said).toMatch(/ok {7}way back: the homeserver reaches us/);
    await step("the bridge starts, and has written to its operator", () =>
      says(/It has written to you on Matrix/),
    );
    await step("the operator's client shows it", () => reads(/^The bridge is set up and reaches you here\./));
    await says(/The bridge runs here until Ctrl-C/);
  });

  test("and the first text from a phone reaches the operator, and back", async () => {
    const [greeting] = ana.seen.filter(({ sender }) => sender === BOT);
    const desk = greeting?.room ?? "";
    let code = "";
    await step("a handle is made", async () => {
      await ana.sendText(desk, "handle new bike");
      code = await reads(/^Handle for "bike": ([0-9a-z-]{12})/, desk);
    });
    await step("a phone texts it, and the operator is asked", async () => {
      await smsc.text(PHONE, DOOR, `${code} Is the bike still there?`);
      await reads(/^Request 1 for "bike" from/, desk);
    });
    await step("yes: the first bridged message is shown", async () => {
      await ana.sendText(desk, "1");
      await reads(/^Is the bike still there\?$/);
    });
    const room = ana.seen.find(({ body }) => body === "Is the bike still there?")?.room ?? "";
    await step("and the answer is on the phone", async () => {
      await ana.sendText(room, "It is");
      await ana.until(
        () => smsc.messages.some(({ text, to }) => text === "It is" && to.endsWith(PHONE.slice(1))),
        PATIENCE,
      );
    });
    expect(room).not.toBe(desk);
  });

  test("run again beside the bridge that runs, it asks nothing, changes nothing, and writes to the operator again", async () => {
    const bridge = child;
    const before = readFileSync(join(folder, "bridge/registration.yaml"), "utf8");
    const config = readFileSync(join(folder, "bridge/config.yaml"), "utf8");
    run(["init", "--yes", "--config", join(folder, "bridge/config.yaml")]);
    const [code] = await once(child, "exit");
    child = bridge;
    expect([said, code]).toEqual([
      expect.stringMatching(/config\.yaml: nothing is asked[\s\S]*The bridge runs already\./),
      0,
    ]);
    expect(readFileSync(join(folder, "bridge/registration.yaml"), "utf8")).toBe(before);
    expect(readFileSync(join(folder, "bridge/config.yaml"), "utf8")).toBe(config);
    await ana.until(
      () => ana.seen.filter(({ body }) => /^The bridge is set up/.test(body)).length === 2,
      PATIENCE,
    );
    const total = times.reduce((sum, [, ms]) => sum + ms, 0);
    const lines = [...times, ["altogether", total] as const].map(
      ([name, ms]) => `  ${(ms / 1_000).toFixed(1).padStart(5)} s  ${name}`,
    );
    process.stdout.write(`footbridge init, step by step:\n${lines.join("\n")}\n`);
  });

  test("an operator whom the homeserver hasn't got is found before anybody is written to", async () => {
    expect(await hasUser(synapse.url, ana.id)).toBe(true);
    expect(await hasUser(synapse.url, "@anna:localhost")).toBe(false);
    const config = join(folder, "bridge/config.yaml");
    writeFileSync(config, readFileSync(config, "utf8").replace("@ana:localhost", "@anna:localhost"));
    const bridge = child;
    run(["init", "--yes", "--config", config]);
    const [code] = await once(child, "exit");
    child = bridge;
    expect([code, said]).toEqual([
      1,
      expect.stringContaining('has no user by the Matrix id under "operator"'),
    ]);
    expect(said).not.toContain("anna");
  });

  test("shows no secret at any time", () => {
    const secrets = ["as-token", "hs-token", "kek", "smsc-password"].map((name) =>
      readFileSync(join(folder, "bridge/secrets", name), "utf8").trim(),
    );
    for (const secret of secrets) expect(everSaid).not.toContain(secret);
  });
});
