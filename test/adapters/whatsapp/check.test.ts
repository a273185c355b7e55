import { once } from "node:events";
import net, { type AddressInfo } from "node:net";
import tls from "node:tls";
import { afterEach, expect, test } from "vitest";
import { checkServer } from "../../../adapters/whatsapp/check.ts";
import { whatsAppAdapter } from "../../../adapters/whatsapp/index.ts";
import type { Finding } from "../../../src/adapter/index.ts";
import { systemClock } from "../../../src/observe/clock.ts";
import { freePort } from "../../peers/synapse/process.ts";
import { CERTIFICATE, PRIVATE_KEY } from "../../support/localhost-certificate.ts";

let server: net.Server | undefined;
const heard: string[] = [];
afterEach(async () => {
  heard.length = 0;
  if (server === undefined) return;
  server.close();
  await once(server, "close");
  server = undefined;
});

async function listening(made: net.Server): Promise<number> {
  server = made.listen(0, "127.0.0.1");
  await once(made, "listening");
  made.on("connection", (socket: net.Socket) => {
    socket.on("data", (piece) => heard.push(piece.toString("latin1")));
    socket.on("error", () => undefined);
  });
  return (made.address() as AddressInfo).port; // it listens on TCP
}

const around = (signal = AbortSignal.timeout(5_000)) => ({
  ...{ clock: systemClock, running: true, folder: "/nowhere", signal },
});

/** An account whose server is at this port of this machine. */
async function checkAccount(port: number): Promise<readonly Finding[]> {
  const parsed = whatsAppAdapter.config.safeParse({
    network: "whatsapp",
    number: "+12025550155",
    server: `ws://127.0.0.1:${port}/ws/chat`,
  });
  if (!parsed.success) throw new Error("the test's config is wrong");
  return (await whatsAppAdapter.check?.(parsed.data, around())) ?? [];
}

test("a server that takes connections is well, and hears nothing from us", async () => {
  const port = await listening(net.createServer());
  expect(await checkAccount(port)).toEqual([
    { check: "server", status: "ok", found: "WhatsApp's server can be reached" },
  ]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(heard).toEqual([]);
});

test("one that isn't there is a problem, without its address", async () => {
  const findings = await checkAccount(await freePort());
  expect(findings).toMatchObject([{ status: "problem", found: expect.stringMatching(/\(ECONNREFUSED\)$/) }]);
  expect(JSON.stringify(findings)).not.toContain("127.0.0.1");
});

test("one whose certificate nobody vouches for isn't WhatsApp's", async () => {
  const port = await listening(tls.createServer({ key: PRIVATE_KEY, cert: CERTIFICATE }));
  expect(await checkServer(`wss://127.0.0.1:${port}/ws/chat`, around())).toMatchObject([
    { status: "problem", remedy: expect.stringMatching(/^something between opens its encryption/) },
  ]);
});

test("one that takes the connection and then says nothing isn't waited for", async () => {
  const port = await listening(net.createServer());
  const findings = await checkServer(`wss://127.0.0.1:${port}/ws/chat`, around(AbortSignal.timeout(200)));
  expect(findings).toMatchObject([{ status: "problem", found: expect.stringMatching(/\(ETIMEDOUT\)$/) }]);
});
