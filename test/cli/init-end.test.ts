// How init ends: what is shown while it waits, and what is said of the message to the operator.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Finding } from "../../src/adapter/check.ts";
import { firstLight } from "../../src/cli/init/first-light.ts";
import { waitUntilReached } from "../../src/cli/init/wait.ts";
import { type Config, loadConfig } from "../../src/config/index.ts";
import { adapters } from "../../src/daemon.ts";
import type { AccountReport, ControlHandlers, Greeting } from "../../src/http/control-api.ts";
import { openControlServer } from "../../src/http/control-server.ts";
import { createClock } from "../../src/observe/clock.ts";

const CONFIG = `state: .
accounts:
  matrix:
    network: matrix
    homeserver: {url: "http://127.0.0.1:1", name: example.org}
    appservice: {port: 9, asToken: a, hsToken: b}
operator: {matrix: "@admin:example.org"}
`;
const ok = (check: string): Finding => ({ check, status: "ok", found: "well" });
const lacks = (check: string): Finding => ({
  check,
  status: "problem",
  found: "not well",
  remedy: "mend it",
});
const doubts = (check: string): Finding => ({ check, status: "warning", found: "old", remedy: "update it" });

let folder: string;
let config: Config;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fb-end-"));
  writeFileSync(join(folder, "config.yaml"), CONFIG, { mode: 0o600 });
  config = loadConfig(join(folder, "config.yaml"), { adapters, env: {} });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Waits over what is found at each look; time goes by in the pauses alone. */
async function wait(looks: readonly (readonly Finding[])[], most?: number) {
  const [account] = config.accounts;
  if (account === undefined) throw new Error("the config has an account");
  const lines: string[] = [];
  let looked = 0;
  let now = 0;
  const sleep = async (ms: number): Promise<void> => {
    now += ms;
  };
  const clock = { ...createClock(), monotonic: () => now, sleep };
  const reached = await waitUntilReached({
    ...{ config, account, clock, most },
    io: { out: (line) => lines.push(line) },
    onMissing: () => lines.push("what to do"),
    check: async () => looks[Math.min(looked++, looks.length - 1)] ?? [],
  });
  return { reached, lines, looked };
}

describe("the waiting", () => {
  it("says nothing of what to do where all is well at once, old or not", async () => {
    const { reached, lines } = await wait([[ok("homeserver"), doubts("way back")]]);
    expect([reached, lines]).toEqual([
      true,
      [
        "  ok       homeserver: well",
        "  warning  way back: old: update it",
        "The homeserver knows the bridge, and reaches it (after 0ms).",
      ],
    ]);
  });

  it("is over when the way back is open, though something else is wrong, which is shown", async () => {
    const { reached, lines } = await wait([[ok("way back"), lacks("registration file")]]);
    expect([reached, lines[1]]).toEqual([true, "  problem  registration file: not well: mend it"]);
  });

  it("shows each step when it changes, and only then", async () => {
    const before = [ok("homeserver"), lacks("token")];
    const away = [lacks("homeserver")];
    const { lines } = await wait([
      before,
      before,
      away,
      away,
      before,
      [ok("homeserver"), ok("token"), ok("way back")],
    ]);
    expect(lines).toEqual([
      "what to do",
      "  ok       homeserver: well",
      "  waiting  token: not well: give it the registration, as above, and restart it",
      "  waiting  homeserver: not well: mend it",
      "  ok       homeserver: well",
      "  waiting  token: not well: give it the registration, as above, and restart it",
      "  ok       token: well",
      "  ok       way back: well",
      "The homeserver knows the bridge, and reaches it (after 7s).",
    ]);
  });

  it("ends when its time is over", async () => {
    const { reached, looked } = await wait([[lacks("way back")]], 4_000);
    expect([reached, looked]).toEqual([false, 3]);
  });
});

const MATRIX: AccountReport = {
  ...{ account: "matrix", network: "matrix", state: "connected" },
  ...{ queued: 0, oldestMs: null, inFlight: 0 },
};

const unused = async () => Promise.reject(new Error("not asked here"));

/** The control socket of a bridge that answers so. */
function bridgeAnswering(greetings: readonly Greeting[], accounts: readonly AccountReport[] = [MATRIX]) {
  let asked = 0;
  const handlers: ControlHandlers = {
    ...{ buried: unused, retry: unused, drop: unused, audit: unused, doctor: unused, unpair: unused },
    pair: () => "unknown",
    greet: async () => greetings[asked++] ?? "untold",
    status: async () => ({
      ...{ version: "0", pid: 1, startedAt: 0, uptimeMs: 0, ready: true, lanes: { waiting: 0 } },
      ...{
        redis: { kind: "embedded", up: true, silent: false, version: null, usedBytes: null },
        clock: { held: false },
      },
      ...{ deliveries: { queued: 0, parked: 0, buried: 0 }, accounts: [...accounts] },
    }),
  };
  const open = () => openControlServer({ stateFolder: folder, handlers, onError: () => undefined });
  return { open, asked: () => asked };
}

type StartDaemon = Parameters<typeof firstLight>[0]["startDaemon"];

/** Ends a set-up, and keeps what is said. */
async function endWith(startDaemon: StartDaemon, run = false) {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    ...{ env: {}, out: (line: string) => out.push(line), err: (line: string) => err.push(line) },
    loadDaemon: async () => ({ loadAdapters: async () => adapters, startDaemon }),
    loadBackups: () => Promise.reject(new Error("not asked here")),
  };
  const code = await firstLight({ config, io, yes: true, run, clock: createClock(), startDaemon });
  return { code, out, err };
}

/** Ends a set-up beside a bridge that answers so. */
async function endBeside(greetings: readonly Greeting[], accounts?: readonly AccountReport[]) {
  const bridge = bridgeAnswering(greetings, accounts);
  const server = await bridge.open();
  try {
    const ended = await endWith(() => Promise.reject(new Error("one runs already")));
    return { ...ended, asked: bridge.asked() };
  } finally {
    await server.close();
  }
}

describe("beside a bridge that runs", () => {
  it.each<[greeting: Greeting, code: number, out: RegExp, err: RegExp]>([
    ["sent", 0, /It has written to you on Matrix/, /^$/],
    ["nobody", 0, /the config names no "operator"/, /^$/],
    ["refused", 1, /runs already\.$/, /didn't take its message to you: is your Matrix id right/],
    ["late", 1, /runs already\.$/, /isn't sent yet: "footbridge status" says why/],
  ])("a message that is %s is said to be", async (greeting, code, out, err) => {
    const ended = await endBeside([greeting]);
    expect(ended.code).toBe(code);
    expect(ended.out.join("\n")).toMatch(out);
    expect(ended.err.join("\n")).toMatch(err);
  });

  it("one that has just started is asked again", async () => {
    expect(await endBeside(["untold", "untold", "sent"])).toMatchObject({ code: 0, asked: 3 });
  });

  it("what its accounts lack is said", async () => {
    const unpaired = { ...MATRIX, account: "wa", state: "needs-pairing", remedy: "link it with its phone" };
    const away = { ...MATRIX, account: "sms-main", state: "disconnected", reason: "network-error" };
    const { out } = await endBeside(["sent"], [MATRIX, unpaired, away]);
    expect(out.slice(-2)).toEqual([
      "  missing  wa: needs pairing: link it with its phone",
      "  missing  sms-main: disconnected (network-error)",
    ]);
  });
});

describe("where none runs", () => {
  const EVENTS = ["SIGHUP", "SIGINT", "SIGTERM", "unhandledRejection", "uncaughtException"] as const;

  it.each<[run: boolean, words: string]>([
    [false, "The bridge is stopped again. To run it:"],
    [true, "The bridge runs here until Ctrl-C. The next time:"],
  ])("it says how to run it, as the docs do (stays: %s)", async (run, words) => {
    const events: NodeJS.EventEmitter = process;
    const before = EVENTS.map((name) => events.listeners(name));
    let close = (): Promise<void> => Promise.resolve();
    const ended = await endWith(async () => {
      const started = await bridgeAnswering(["sent"]).open();
      close = () => started.close();
      const over = Promise.resolve();
      return { ready: over, finished: over, stop: () => started.close() }; // it ends by itself where it is left to run
    }, run);
    if (run) await close();
    EVENTS.forEach((name, at) => {
      for (const each of events.listeners(name))
        if (before[at]?.includes(each) !== true) events.removeListener(name, each as () => void); // as it was added
    });
    expect(ended.code).toBe(0);
    expect(ended.out.at(-1)).toBe(`${words} npx footbridge run --config ${config.file}`);
  });
});
