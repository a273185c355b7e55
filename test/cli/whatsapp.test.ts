import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PairBy, PairingStep, Unpairing } from "../../src/adapter/pairing.ts";
import type { ControlHandlers, StatusReport } from "../../src/http/control-api.ts";
import { openControlServer } from "../../src/http/control-server.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { runInProcess } from "./in-process.ts";
import { scanned } from "./scanned.ts";

const REPORT: StatusReport = {
  version: "0.1.0",
  pid: 1,
  startedAt: 0,
  uptimeMs: 1,
  ready: true,
  redis: { kind: "embedded", up: true, silent: false, version: null, usedBytes: null },
  accounts: [],
  lanes: { waiting: 0 },
  deliveries: { queued: 0, parked: 0, buried: 0 },
  clock: { held: false },
};
const account = (name: string, network: string, more: object = {}) => ({
  account: name,
  network,
  state: "needs-pairing",
  remedy: "link it",
  queued: 0,
  oldestMs: null,
  inFlight: 0,
  ...more,
});
/** As long as one of WhatsApp's. */
const QR = `https://wa.me/settings/linked_devices#2@${"Ab3/".repeat(40)},${"k".repeat(43)}=,${"i".repeat(43)}=,${"s".repeat(43)}=`;

let folder: string;
let config: string;
let unpaired: string[];
let asked: { account: string; by: PairBy }[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fb-wa-"));
  config = join(folder, "config.yaml");
  mkdirSync(join(folder, "state"), { mode: 0o700 });
  writeFileSync(config, "state: ./state\n");
  asked = [];
  unpaired = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function against(
  args: readonly string[],
  steps: readonly PairingStep[],
  {
    accounts = [account("wa", "whatsapp"), account("m", "matrix")],
    terminal = false,
    unpairing = "unpaired" as Unpairing,
    answer = undefined as string | undefined,
  } = {},
) {
  const unused = async () => Promise.reject(new Error("not asked here"));
  const handlers: ControlHandlers = {
    status: async () => ({ ...REPORT, accounts }),
    ...{ buried: unused, retry: unused, drop: unused, audit: unused, doctor: unused, greet: unused },
    unpair: async (name: string) => {
      unpaired.push(name);
      return name === "m" ? "unsupported" : unpairing;
    },
    pair: (name: string, by: PairBy) => {
      asked.push({ account: name, by });
      return name === "m"
        ? ("unsupported" as const)
        : (async function* () {
            yield* steps;
          })();
    },
  };
  const onError = () => undefined;
  const server = await openControlServer({ stateFolder: join(folder, "state"), handlers, onError });
  try {
    return await runInProcess([...args, "--config", config], {}, undefined, terminal, async () => answer);
  } finally {
    await server.close();
  }
}

const PAIR = ["whatsapp", "pair"];
const qr = (text: string): PairingStep => ({ kind: "qr", qr: sensitive(text), expiresIn: 20_000 });
const LINKED: readonly PairingStep[] = [{ kind: "linked" }, { kind: "connecting" }, { kind: "paired" }];

describe("footbridge whatsapp pair", () => {
  it("shows a QR code that a camera reads, says each step, and exits with 0", async () => {
    const { code, out } = await against(PAIR, [{ kind: "connecting" }, qr(QR), ...LINKED]);
    expect(code).toBe(0);
    expect(out[0]).toContain("Linked devices");
    expect(scanned(out)).toBe(QR);
    expect(out.slice(-3)).toEqual([
      "It is good for 20s; Ctrl-C ends it.",
      "The phone has agreed; connecting.",
      "wa is linked and works.",
    ]);
    expect(asked).toEqual([{ account: "wa", by: { kind: "qr" } }]);
  });

  it("on a terminal a new code takes the place of the old one", async () => {
    const { out } = await against(PAIR, [qr(QR), qr(`${QR}2`), ...LINKED], { terminal: true });
    const second = out.findIndex((line, at) => at > 0 && line.includes("Linked devices"));
    expect(out[second]?.startsWith(`\u001b[${second}A\u001b[0J`)).toBe(true);
    expect(scanned(out.slice(second))).toBe(`${QR}2`);
    expect(out.at(-2)).toBe(`\u001b[${second}A\u001b[0JThe phone has agreed; connecting.`);
  });

  it("elsewhere it is printed below", async () => {
    const { out } = await against(PAIR, [qr(QR), qr(`${QR}2`), ...LINKED]);
    expect(out.join("")).not.toContain("\u001b[0J");
  });

  it("fits a terminal of 80 columns", async () => {
    const { out } = await against(PAIR, [qr(QR)]);
    const bare = out.map((line) => stripVTControlCharacters(line));
    expect(Math.max(...bare.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it("shows a code to type, in two halves, for the number of the config or a given one", async () => {
    const steps: PairingStep[] = [
      { kind: "code", code: sensitive("ABCD1234"), expiresIn: 160_000 },
      ...LINKED,
    ];
    const { code, out } = await against([...PAIR, "--code"], steps);
    expect(code).toBe(0);
    expect(out).toContain("    ABCD-1234");
    expect(out[0]).toContain("Link with phone number");
    await against([...PAIR, "wa", "--code", "+15550000001"], steps);
    expect(asked.map(({ by }) => by.kind)).toEqual(["code", "code"]);
    expect(asked.map(({ by }) => (by.kind === "code" ? by.number?.expose() : ""))).toEqual([
      undefined,
      "+15550000001",
    ]);
  });

  it("says why it isn't linked and what to do, and exits with 1", async () => {
    const refusal: PairingStep = { kind: "refused", why: "other-number", remedy: "take the other phone" };
    const { code, err } = await against(PAIR, [qr(QR), refusal]);
    expect(code).toBe(1);
    expect(err).toEqual(["footbridge: wa isn't linked (other-number): take the other phone"]);
  });

  it("with --json each step is one object on one line", async () => {
    const { out } = await against([...PAIR, "--json"], [qr(QR), ...LINKED]);
    expect(out.map((line) => JSON.parse(line))).toEqual([
      { step: "qr", qr: QR, expiresMs: 20_000 },
      { step: "linked" },
      { step: "connecting" },
      { step: "paired" },
    ]);
  });

  it("asks which account where several are on WhatsApp, and says when none is", async () => {
    const accounts = [account("a", "whatsapp"), account("b", "whatsapp")];
    const several = await against(PAIR, [], { accounts });
    expect(several.code).toBe(2);
    expect(several.err.join("")).toContain("name one of a, b");
    expect((await against([...PAIR, "b"], LINKED, { accounts })).code).toBe(0);
    const none = await against(PAIR, [], { accounts: [account("m", "matrix")] });
    expect([none.code, none.err.join("")]).toEqual([2, expect.stringContaining("network: whatsapp")]);
    const other = await against([...PAIR, "m"], []);
    expect([other.code, other.err.join("")]).toEqual([
      1,
      expect.stringContaining("isn't linked with a phone"),
    ]);
  });

  it("exits with 3 when no bridge is running", async () => {
    expect((await runInProcess([...PAIR, "--config", config])).code).toBe(3);
  });
});

describe("footbridge status", () => {
  it.each([
    ["needs-pairing", "needs pairing"],
    ["logged-out", "logged out"],
    ["replaced", "replaced"],
    ["restricted", "restricted"],
  ])(
    "shows an account that is %s in the field's words, with what to do, and exits with 1",
    async (state, words) => {
      const accounts = [account("wa", "whatsapp", { state })];
      const { code, out } = await against(["status"], [], { accounts });
      expect(code).toBe(1);
      expect(out.find((line) => line.startsWith("wa "))).toMatch(new RegExp(`^wa +whatsapp +${words} +0`));
      expect(out).toContain("  wa: link it");
    },
  );
});

describe("footbridge whatsapp unpair", () => {
  const UNPAIR = ["whatsapp", "unpair"];

  it("asks first, and does it when that is meant", async () => {
    const { code, out } = await against(UNPAIR, [], { answer: "y" });
    expect({ code, unpaired }).toEqual({ code: 0, unpaired: ["wa"] });
    expect(out).toEqual([
      `wa isn't linked any more, and its keys are gone; "footbridge whatsapp pair wa" links it again.`,
    ]);
  });

  it.each(["n", "", "wa"])("does nothing when the answer is %j", async (answer) => {
    const { code, err } = await against(UNPAIR, [], { answer });
    expect({ code, unpaired, err }).toEqual({
      ...{ code: 1, unpaired: [] },
      err: ["footbridge: nothing was changed"],
    });
  });

  it("does nothing where nobody can be asked, but for --yes", async () => {
    const unasked = await against(UNPAIR, []);
    expect({ code: unasked.code, unpaired }).toEqual({ code: 2, unpaired: [] });
    expect(unasked.err.join("")).toContain("add --yes");
    expect((await against([...UNPAIR, "wa", "--yes"], [])).code).toBe(0);
    expect(unpaired).toEqual(["wa"]);
  });

  it.each([
    ["forgotten", 0, /take the device off on the phone/],
    ["not-paired", 0, /isn't linked with a phone/],
    ["failed", 1, /couldn't be ended/],
  ] as const)("says what became of it: %s", async (unpairing, code, words) => {
    const said = await against([...UNPAIR, "--yes"], [], { unpairing });
    expect(said.code).toBe(code);
    expect([...said.out, ...said.err].join("")).toMatch(words);
    const { out } = await against([...UNPAIR, "--yes", "--json"], [], { unpairing });
    expect(JSON.parse(out.join(""))).toEqual({ account: "wa", result: unpairing });
  });

  it("says that another network has no phone", async () => {
    const { code, err } = await against([...UNPAIR, "m", "--yes"], []);
    expect(code).toBe(1);
    expect(err.join("")).toContain("isn't linked with a phone: its config says all");
  });
});
