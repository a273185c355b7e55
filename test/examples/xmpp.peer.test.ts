// The whole way of an adapter from npm: packed, installed beside the config, loaded by the real daemon, with a real XMPP server.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { xml } from "@xmpp/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Person } from "../../examples/footbridge-adapter-xmpp/test/support/person.ts";
import {
  BRIDGE,
  DOMAIN,
  Prosody,
  SECRET,
} from "../../examples/footbridge-adapter-xmpp/test/support/prosody.ts";
import { canRun } from "../../scripts/testing/peers.ts";
import { until } from "../support/account-host.ts";
import { type DaemonProcess, startDaemonProcess } from "../support/daemon-process.ts";
import { installFootbridge, installPackage } from "../support/installed.ts";
import { LoopbackNetwork } from "../support/loopback-network.ts";

const TOKEN = "canary-token-of-the-loopback-network";
/** The seller, on another network. */
const ANA = "canary-ana";
const DESK = `footbridge@${BRIDGE}`;

describe.runIf(canRun("prosody"))("an adapter from npm in the real daemon", () => {
  const folder = mkdtempSync(join(tmpdir(), "footbridge-installed-"));
  let prosody: Prosody;
  let network: LoopbackNetwork;
  let daemon: DaemonProcess;
  let leo: Person;
  let ghost = "";
  let desk = "";

  /** What Ana reads, of all her chats. */
  const anaReads = () =>
    [...network.state.threads.values()].flatMap(({ messages }) => messages.map(({ text }) => text));
  /** What Leo reads from one of ours. */
  const leoReads = (from: string) => leo.seen.filter((one) => one.from === from).map(({ body }) => body);
  const chatOfAna = () =>
    [...network.state.threads.values()].find(({ name }) => name !== "Footbridge")?.id ?? "";
  const leoSays = (to: string, text: string) => leo.says(to, xml("body", {}, text));

  beforeAll(async () => {
    await installFootbridge(folder);
    await installPackage(folder, "footbridge-adapter-xmpp");
    prosody = await Prosody.start();
    network = await LoopbackNetwork.start({ token: TOKEN });
    desk = network.state.carryOut({ do: "open", alias: "desk", to: ANA, name: "Footbridge" }).thread ?? "";
    const { jid, password } = prosody.register("canary-leo");
    leo = new Person({ port: prosody.clients, domain: DOMAIN, jid, password });
    daemon = await startDaemonProcess(
      folder,
      {
        timeZone: "UTC",
        adapters: [{ package: "footbridge-adapter-xmpp" }],
        accounts: {
          local: { network: "loopback", port: network.port, token: TOKEN },
          jabber: {
            network: "xmpp",
            port: prosody.components,
            domain: BRIDGE,
            secret: { env: "COMPONENT_SECRET" },
          },
        },
        limits: { messages: { budget: 2000, per: "1m" } },
      },
      { COMPONENT_SECRET: SECRET },
    );
  });

  afterAll(async () => {
    await daemon?.end();
    await leo?.stop();
    await network?.stop();
    await prosody?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is loaded by name, from what npm packed, and says so in the log", () => {
    const lines = daemon.output().split("\n");
    const line = lines.find((each) => each.includes('"event":"adapter.loaded"'));
    expect(JSON.parse(line ?? "{}")).toMatchObject({
      package: "footbridge-adapter-xmpp",
      version: "0.1.0",
      network: "xmpp",
    });
  });

  it("lets somebody on XMPP redeem a handle from another network, and both write", async () => {
    network.says(desk, ANA, "handle new bike");
    const made = await until(() => anaReads().find((text) => text.startsWith('Handle for "bike"')), 20_000);
    expect(made).toContain(`XMPP: message ${DESK} and send`);
    const code = /[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{2}/.exec(made)?.[0] ?? "";
    leoSays(DESK, `${code} Is it still there?`);
    await until(() => leoReads(DESK).find((text) => text.startsWith('Sent to "bike"')), 10_000);
    await until(() => anaReads().find((text) => text.includes("Is it still there?")), 10_000);
    network.says(desk, ANA, "1 accept");
    const thread = await until(() => chatOfAna() || undefined, 10_000);
    await until(() => anaReads().includes("Is it still there?"), 10_000);
    network.says(thread, ANA, "It is");
    ghost = await until(() => leo.seen.find(({ body }) => body === "It is")?.from, 10_000);
    expect(ghost).toMatch(new RegExp(`^[a-z2-7]{26}@${BRIDGE}$`));
    expect(leo.names.get(ghost)).toBe("bike");
    leoSays(ghost, "I'll come");
    await until(() => anaReads().includes("I'll come"), 10_000);
  }, 60_000);

  it("loses nothing and shows nothing twice when the daemon is killed between them", async () => {
    const texts = Array.from({ length: 20 }, (_, at) => `number ${at}`);
    for (const [at, text] of texts.entries()) {
      leoSays(ghost, `leo, ${text}`);
      network.says(chatOfAna(), ANA, `ana, ${text}`);
      if (at === 9) void sleep(30).then(() => daemon.end("SIGKILL"));
      await sleep(10);
    }
    await until(() => !daemon.running, 5_000);
    await daemon.start();
    const fromLeo = () => anaReads().filter((text) => text.startsWith("leo, "));
    await until(() => fromLeo().length >= texts.length, 20_000);
    expect(fromLeo()).toEqual(texts.map((text) => `leo, ${text}`));
    // What was at Prosody when the daemon died has no id that it would know again: there Ana is asked.
    const asked = () => anaReads().filter((text) => text.startsWith("Maybe not delivered")).length;
    const fromAna = () => leoReads(ghost).filter((text) => text.startsWith("ana, "));
    await until(() => fromAna().length + asked() >= texts.length, 20_000);
    expect(asked()).toBeLessThanOrEqual(1); // one at a time is under way in a chat
    expect(new Set(fromAna()).size).toBe(fromAna().length);
    expect(fromAna()).toEqual(texts.map((text) => `ana, ${text}`).filter((text) => fromAna().includes(text)));
  }, 60_000);

  it("goes on when Prosody was stopped and comes back", async () => {
    await prosody.halt();
    network.says(chatOfAna(), ANA, "while it was away");
    await sleep(300);
    await prosody.run();
    await until(() => leoReads(ghost).includes("while it was away"), 30_000);
    leoSays(ghost, "here again");
    await until(() => anaReads().includes("here again"), 30_000);
  }, 90_000);

  it("shows no address of the one to the other, in nothing that was sent, nor in the log", () => {
    const toLeo = leo.raw.join("\n");
    const toAna = JSON.stringify(
      [...network.state.threads.values()].map(({ name, messages }) => [name, messages]),
    );
    expect(toLeo).not.toContain(ANA);
    expect(toLeo).toContain(ghost);
    expect(toAna).not.toMatch(new RegExp(`canary-leo|${DOMAIN}/`));
    for (const secret of ["canary-leo", ANA, SECRET, TOKEN, "Is it still there?", ghost])
      expect(daemon.output()).not.toContain(secret);
  });
});
