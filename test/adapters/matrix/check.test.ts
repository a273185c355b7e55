import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MatrixConfig } from "../../../adapters/matrix/index.ts";
import { freePort } from "../../peers/synapse/process.ts";
import { MemoryHost } from "../../support/account-host.ts";
import { type Homeserver, startHomeserver } from "../../support/homeserver.ts";
import { ALL_WELL, checkAccount, shown, WRONG } from "./check.cases.ts";
import { configFor, startAccount } from "./setup.ts";

let homeserver: Homeserver;
let config: MatrixConfig;

beforeAll(async () => {
  const port = await freePort();
  homeserver = await startHomeserver({
    asToken: "as-token-of-a-test",
    appservice: { url: `http://127.0.0.1:${port}`, hsToken: "hs-token-of-a-test" },
  });
  config = configFor(homeserver.url, port);
});
afterAll(() => homeserver.stop());

/** A server that is no homeserver. */
async function withWebServer(status: number, run: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((_request, response) => response.writeHead(status).end("<html>canary</html>"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  await run(`http://127.0.0.1:${port}`);
  server.closeAllConnections();
  server.close();
}

describe("a check of a Matrix account", () => {
  test("finds all well before the first start, and changes nothing", async () => {
    expect(shown(await checkAccount(config, false))).toEqual(ALL_WELL);
    expect([...homeserver.state.users]).toEqual([]);
    expect([...homeserver.calls.keys()].toSorted()).toEqual([
      "GET account",
      "GET register",
      "POST appservice",
      "POST createRoom",
    ]);
    expect(homeserver.state.rooms.size).toBe(0);
  });

  test("finds all well beside a daemon that has the port", async () => {
    const running = await startAccount(config, new MemoryHost());
    expect(shown(await checkAccount(config, true))).toEqual(ALL_WELL);
    await running.stop();
  });

  test("of a daemon that isn't reached says so", async () => {
    const findings = await checkAccount(config, true);
    expect(findings).toContainEqual({
      check: "way back",
      status: "problem",
      remedy: expect.stringMatching(/url/),
      found: "the homeserver doesn't reach us (not-connected)",
    });
  });

  test("says when another program has the port", async () => {
    const running = await startAccount(config, new MemoryHost());
    const findings = await checkAccount(config, false);
    expect(findings).toContainEqual({
      check: "way back",
      status: "problem",
      remedy: expect.stringMatching(/choose another port/),
      found: "the port of appservice.port is taken",
    });
    await running.stop();
  });

  test("refuses what the homeserver sends meanwhile, so that it comes again", async () => {
    const { url, port } = { url: "/_matrix/app/v1/transactions/1", port: config.appservice.port };
    const headers = { authorization: "Bearer hs-token-of-a-test" };
    const seen = new Set<number>();
    const checking = { more: true };
    const sending = (async () => {
      while (checking.more) {
        const sent = fetch(`http://127.0.0.1:${port}${url}`, { method: "PUT", headers, body: "{}" });
        seen.add(
          await sent.then(
            ({ status }) => status,
            () => 0,
          ),
        );
      }
    })();
    for (let i = 0; i < 50 && !seen.has(500); i++) await checkAccount(config, false);
    checking.more = false;
    await sending;
    expect([...seen].toSorted()).toEqual([0, 500]);
  });

  test.each(WRONG)("tells of $name, without naming it", async ({ change, shown: expected, remedy }) => {
    const findings = await checkAccount({ ...config, ...change(config) }, false);
    expect(shown(findings)).toEqual(expected);
    expect(findings.find(({ status }) => status === "problem")).toMatchObject({
      remedy: expect.stringMatching(remedy),
    });
    expect(JSON.stringify(findings)).not.toMatch(/canary|localhost|127\.0\.0\.1/);
  });

  test("tells of a homeserver that isn't there", async () => {
    const nowhere = configFor(`http://127.0.0.1:${await freePort()}`, config.appservice.port);
    const findings = await checkAccount(nowhere, false);
    expect(findings.slice(0, -1)).toEqual([
      {
        check: "homeserver",
        status: "problem",
        found: "no answer (not-connected)",
        remedy: "start it, or make homeserver.url the address at which it can be reached from here",
      },
    ]);
  });

  test.each([200, 404, 502])("tells of a web server that is none (%s)", async (status) => {
    await withWebServer(status, async (url) => {
      const findings = await checkAccount(configFor(url, config.appservice.port), false);
      expect(findings.slice(0, -1)).toMatchObject([
        { status: "problem", found: `something answers with ${status}, and it is no homeserver` },
      ]);
      expect(JSON.stringify(findings)).not.toContain("canary");
    });
  });

  test("warns of a homeserver far away that is reached in clear", async () => {
    const signal = AbortSignal.timeout(50); // nobody is to be called
    const far = (url: string) => checkAccount(configFor(url, config.appservice.port), true, { signal });
    expect(shown(await far("http://homeserver.example"))[0]).toBe("warning homeserver");
    expect(shown(await far("https://homeserver.example"))[0]).toBe("problem homeserver");
    expect(shown(await far("http://synapse:8008"))[0]).toBe("problem homeserver");
  });

  test("ends when it takes too long", async () => {
    homeserver.fail(({ path }) => path[0] === "account", { kind: "hang" });
    const findings = await checkAccount(config, false, { signal: AbortSignal.timeout(200) });
    expect(shown(findings).slice(0, -1)).toEqual(["ok homeserver", "problem token"]);
    homeserver.heal();
  });
});
