// The whole way of a pairing: the command line, the control socket, the real client, the loopback server, and a camera.

import "../../support/whatsapp/quiet-console.ts";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runCommand } from "../../../src/cli/program.ts";
import { openControlServer } from "../../../src/http/control-server.ts";
import { scanned } from "../../cli/scanned.ts";
import { testAdapters } from "../../config/test-adapters.ts";
import { Journal } from "../../support/journal.ts";
import { startWhatsAppServer, type WhatsAppServer } from "../../support/whatsapp/index.ts";
import { mendSignatures, trustRoot } from "../../support/whatsapp/trust.ts";
import { Kept } from "./keeping.ts";

const ANA = "15550000001";
const LEO = "15550000002";

let folder: string;
let server: WhatsAppServer;
let kept: Kept;
const undo: (() => Promise<void>)[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "fb-wa-pair-"));
  mkdirSync(join(folder, "state"), { mode: 0o700 });
  writeFileSync(join(folder, "config.yaml"), "state: ./state\n");
  server = await startWhatsAppServer();
  server.addAccount(ANA, "Ana");
  server.addAccount(LEO, "Leo");
  mendSignatures();
  trustRoot(server.root);
  kept = new Kept(server, ANA).start();
  const unused = async () => Promise.reject(new Error("not asked here"));
  const control = await openControlServer({
    stateFolder: join(folder, "state"),
    handlers: {
      ...{
        status: unused,
        buried: unused,
        retry: unused,
        drop: unused,
        audit: unused,
        doctor: unused,
        greet: unused,
        unpair: unused,
      },
      pair: (_account, by, signal) => kept.keeper.pair(by, signal),
    },
    onError: () => undefined,
  });
  undo.push(
    () => control.close(),
    () => kept.stop(),
    () => server.stop(),
  );
});
afterEach(async () => {
  for (const step of undo.splice(0)) await step();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the command and hears its lines as they are printed. */
function command(...more: string[]) {
  const out = new Journal<string>();
  const err: string[] = [];
  const code = runCommand(["whatsapp", "pair", "wa", "--config", join(folder, "config.yaml"), ...more], {
    env: {},
    out: (line) => out.add(line),
    err: (line) => err.push(line),
    loadBackups: () => Promise.reject(new Error("not asked here")),
    loadDaemon: async () => ({
      loadAdapters: async () => testAdapters,
      startDaemon: () => Promise.reject(new Error("none")),
    }),
  });
  const line = (begins: string) =>
    out.waitFor((each): each is string => each.startsWith(begins), 8_000, `found no line "${begins}"`);
  return { code, err, out, line };
}

it("a phone scans what the terminal shows, and the command exits with 0", async () => {
  const { code, out, line } = command();
  await line("It is good for 1m");
  server.scan(ANA, scanned(out.entries) ?? "");
  expect(await code).toBe(0);
  expect(out.entries.slice(-2)).toEqual(["The phone has agreed; connecting.", "wa is linked and works."]);
  expect(server.account(ANA).companions).toHaveLength(1);
  expect(kept.states.at(-1)).toBe("connected");
});

it("the code that is shown is typed on the phone", async () => {
  const { code, line } = command("--code", `+1 555 000 0001`);
  const shown = (await line("    ")).trim();
  expect(shown).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  await server.enterCode(ANA, shown);
  expect(await code).toBe(0);
  expect(kept.states.at(-1)).toBe("connected");
});

it("another phone's scan is refused and said, and nothing stays linked on it", async () => {
  const { code, err, out, line } = command();
  await line("It is good for");
  server.scan(LEO, scanned(out.entries) ?? "");
  expect(await code).toBe(1);
  expect(err.join()).toContain("isn't linked (other-number)");
  expect(err.join()).not.toMatch(/\d{5}/);
  expect(server.account(LEO).companions).toEqual([]);
});

it("with --json the code is in a line of its own, for whatever shows it", async () => {
  const { code, out, line } = command("--json");
  const shown: unknown = JSON.parse(await line('{"step":"qr"'));
  server.scan(ANA, String((shown as { qr: string }).qr)); // the control socket's own form
  expect(await code).toBe(0);
  expect(out.entries.at(-1)).toBe('{"step":"paired"}');
});
