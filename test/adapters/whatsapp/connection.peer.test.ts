// What becomes of a linked account's connection: each ending has its answer. The real client against the loopback server.

import "../../support/whatsapp/quiet-console.ts";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BaileysClient } from "../../support/whatsapp/client.ts";
import type { WhatsAppServer } from "../../support/whatsapp/index.ts";
import { makeServerIdentity } from "../../support/whatsapp/noise/certificates.ts";
import { trustRoot } from "../../support/whatsapp/trust.ts";
import { DeadNetwork } from "./dead-network.ts";
import { hours, Kept, linked } from "./keeping.ts";
import { ANA, endAll, LEO, serverOfTwo } from "./two-phones.ts";

let server: WhatsAppServer;
const running: { stop(): Promise<void> }[] = [];

beforeEach(async () => {
  server = await serverOfTwo();
});
afterEach(() => endAll(running, server));

async function connected(number = ANA, network?: DeadNetwork): Promise<Kept> {
  const kept = await linked(server, number, network);
  running.push(kept);
  return kept;
}

describe("an ending that comes and goes", () => {
  it("515 is followed by a new connection at once", async () => {
    const kept = await connected();
    server.end(ANA, "restart");
    await expect.poll(() => kept.sockets.length).toBe(3);
    await expect.poll(() => kept.keeper.current()?.socket).toBe(kept.sockets[2]);
    expect(kept.states.slice(3)).not.toContain("disconnected");
  });

  it("515 again and again is no loop", async () => {
    const kept = await connected();
    server.faults.put(ANA, { kind: "refuse-login", reason: 515 }, 50);
    server.end(ANA, "restart");
    await kept.state("disconnected");
    expect(kept.sockets.length).toBeLessThanOrEqual(2 + 4);
    server.faults.heal();
    const since = kept.now;
    await kept.nextSocket();
    await kept.state("connected", since);
  });

  it("nor is 515 after each login", async () => {
    const kept = await connected();
    const isDone = (): boolean => kept.states.includes("disconnected");
    for (let time = 0; time < 5 && !isDone(); time += 1) {
      const before = kept.sockets.length;
      server.end(ANA, "restart");
      await expect.poll(() => kept.sockets.length > before || isDone()).toBe(true);
      await expect.poll(() => kept.keeper.current() !== undefined || isDone()).toBe(true);
    }
    expect(kept.states).toContain("disconnected");
    expect(kept.sockets.length).toBeLessThanOrEqual(2 + 4);
  });

  for (const reason of [408, 428, 500, 503]) {
    it(`a login that is refused with ${reason} is tried again, after pauses that grow and vary`, async () => {
      const kept = await connected();
      server.faults.put(ANA, { kind: "refuse-login", reason }, 5);
      server.end(ANA, "unavailable");
      await kept.state("disconnected");
      const pauses: number[] = [];
      for (let failures = 1; failures <= 6; failures += 1) {
        const before = kept.sockets.length;
        await expect.poll(() => kept.clock.waiting(0), { interval: 1 }).toBeGreaterThan(0);
        let waited = 0;
        while (kept.sockets.length === before && waited < 200_000) {
          kept.clock.skip(100);
          waited += 100;
          await delay(1);
        }
        pauses.push(waited);
        await expect
          .poll(() => (kept.keeper.current() ?? kept.sockets.at(-1)?.ws.isClosed) !== false)
          .toBe(true);
      }
      expect(kept.states.at(-1)).toBe("connected");
      for (const [failures, pause] of pauses.entries()) {
        expect(pause).toBeLessThanOrEqual(1_000 * 2 ** failures + 200);
        expect(pause).toBeGreaterThanOrEqual(500 * 2 ** failures - 1_200);
      }
      expect(new Set(pauses).size).toBeGreaterThan(3);
    });
  }

  it("a server that is away is found again when it is back, and what was sent meanwhile comes", async () => {
    const kept = await connected();
    await server.away();
    await kept.state("disconnected");
    await kept.nextSocket();
    await server.back();
    const since = kept.now;
    await kept.nextSocket();
    await kept.state("connected", since);
  });
});

describe("an ending that isn't to be undone by itself", () => {
  const cases = [
    ["440 by another connection", "replaced", () => server.end(ANA, "replaced")],
    ["401 by its owner", "logged-out", () => server.unlink(ANA, 1)],
    ["403 at the login", "restricted", () => refused(403)],
    ["402, banned for a time", "restricted", () => refused(402)],
    ["406, banned", "restricted", () => refused(406)],
    ["405, outdated", "misconfigured", () => refused(405)],
    ["409, outdated", "misconfigured", () => refused(409)],
    ["411, the phone isn't ready", "misconfigured", () => refused(411)],
    ["401 at the login", "logged-out", () => refused(401)],
  ] as const;
  const refused = (reason: number): void => {
    server.faults.put(ANA, { kind: "refuse-login", reason });
    server.end(ANA, "restart");
  };

  for (const [what, kind, happens] of cases) {
    it(`${what}: it is ${kind}, the operator is told what to do, and nothing is tried for a day`, async () => {
      const kept = await connected();
      const since = kept.now;
      happens();
      const { remedy } = await kept.state(kind, since);
      expect(remedy).not.toMatch(/\d{5}/);
      expect(remedy.length).toBeGreaterThan(30);
      expect(await hours(kept, 24)).toBe(0);
      expect(kept.keeper.current()).toBeUndefined();
      expect(kept.auth.isPaired).toBe(kind !== "logged-out");
      expect(kept.auth.forgotten).toBe(kind === "logged-out" ? 1 : 0);
    });
  }

  it("a version that WhatsApp has left behind is said, and with a newer one in the config the account goes on", async () => {
    const kept = await connected();
    server.faults.put(ANA, { kind: "outdated", revision: 2_000_000_000 });
    server.end(ANA, "restart");
    const { remedy } = await kept.state("misconfigured");
    expect(remedy).toMatch(/update Footbridge.* a newer version in the config/);
    await kept.stop();
    const newer = new Kept(server, ANA, kept.auth, { version: [2, 3_000, 2_000_000_000] }).start();
    running.push(newer);
    await newer.state("connected");
    expect(newer.auth.forgotten).toBe(0);
  });

  it("one that was logged out is linked anew, as another device", async () => {
    const kept = await connected();
    server.unlink(ANA, 1);
    await kept.state("logged-out");
    const since = kept.now;
    const pairing = kept.pair();
    server.scan(ANA, (await kept.step("qr", since)).qr.expose());
    await pairing;
    await kept.state("connected", since);
    expect(kept.auth.state.creds.me?.id).toBe(`${ANA}:2@s.whatsapp.net`);
  });

  it("one that was replaced comes back when the operator says so, and not before", async () => {
    const kept = await connected();
    server.end(ANA, "replaced");
    await kept.state("replaced");
    const since = kept.now;
    await kept.pair();
    expect(kept.steps.at(-1)).toEqual({ kind: "paired" });
    await kept.state("connected", since);
    expect(kept.auth.forgotten).toBe(0);
  });

  it("two that work as the same device don't throw each other out for ever: the first one stands back", async () => {
    const first = await connected();
    const second = new Kept(server, ANA, first.auth).start();
    running.push(second);
    await second.state("connected");
    await first.state("replaced");
    expect(await hours(first, 24)).toBe(0);
    expect(second.states.at(-1)).toBe("connected");
  });
});

it("a server that can't prove to be WhatsApp is said to the operator, and tried again more rarely", async () => {
  const kept = await connected();
  trustRoot(makeServerIdentity().root);
  server.end(ANA, "restart");
  const { remedy } = await kept.state("misconfigured");
  expect(remedy).toContain("prove to be WhatsApp");
  expect(kept.clock.waiting(25_000)).toBeGreaterThan(0);
  trustRoot(server.root);
  const since = kept.now;
  await kept.nextSocket();
  await kept.state("connected", since);
});

describe("a connection that stands and is of no use", () => {
  it("silent: it is asked, and replaced when nothing is answered", async () => {
    const kept = await connected();
    const since = kept.now;
    server.upset(ANA, "silent");
    for (const seconds of [25, 1, 10, 1]) {
      await delay(30);
      kept.clock.skip(seconds * 1_000);
    }
    await kept.state("disconnected", since);
    expect(kept.logs).toContainEqual({ event: "whatsapp.dead", fields: { kind: "silent" } });
    await kept.nextSocket();
    await kept.state("connected", since);
  });

  it("dead: the network passes nothing, not even the end; the socket is cut, and there is another soon", async () => {
    const network = await DeadNetwork.before(server);
    const kept = await connected(ANA, network);
    running.push(network);
    network.die();
    const since = kept.now;
    const began = kept.clock.monotonic();
    await kept.nextSocket();
    await kept.state("connected", since);
    expect(kept.clock.monotonic() - began).toBeLessThan(90_000);
    expect(kept.sockets.at(-2)?.ws.isClosed).toBe(true);
  });

  it("deaf: queries are answered and nothing comes; a fresh socket brings what was kept back", async () => {
    const kept = await connected();
    const leo = await BaileysClient.linked(server, LEO);
    running.push({ stop: () => leo.close() });
    server.upset(ANA, "deaf");
    await leo.send(server.account(ANA).jid("lid"), { text: "can you hear me" });
    const heard = Promise.withResolvers<void>();
    kept.made = (socket) => socket.ev.on("messages.upsert", () => heard.resolve());
    const since = kept.now;
    await kept.nextSocket(180, 60); // each time long enough for a query to be answered on a busy machine
    expect(kept.logs).toContainEqual({ event: "whatsapp.dead", fields: { kind: "deaf" } });
    await heard.promise;
    expect(kept.states.slice(since)).not.toContain("stopped");
  });
});

describe("an account that WhatsApp keeps from writing", () => {
  it("is restricted until then, reads on, and works again afterwards", async () => {
    const kept = await connected();
    server.timeLock(ANA, Math.floor(kept.clock.now() / 1_000) + 3_600);
    await kept.state("restricted");
    expect(kept.keeper.current()).toBeDefined();
    const since = kept.now;
    kept.clock.skip(3_700_000);
    await kept.state("connected", since);
  });

  it("is told when it is lifted before", async () => {
    const kept = await connected();
    server.timeLock(ANA, Math.floor(Date.now() / 1_000) + 3_600);
    await kept.state("restricted");
    const since = kept.now;
    server.timeLock(ANA, undefined);
    await kept.state("connected", since);
  });

  it("pauses for hours when nobody says until when", async () => {
    const kept = await connected();
    kept.keeper.restrict();
    await kept.state("restricted");
    const since = kept.now;
    kept.clock.skip(6 * 3_600_000);
    await kept.state("connected", since);
  });
});

describe("an account whose number was changed in the config", () => {
  it("connects nowhere and says what to do; linked anew, it forgets the old one", async () => {
    const before = await connected(ANA);
    await before.stop();
    const kept = new Kept(server, LEO, before.auth).start();
    running.push(kept);
    const { remedy } = await kept.state("misconfigured");
    expect(remedy).toContain("another number");
    expect(await hours(kept, 1)).toBe(0);
    expect(before.auth.forgotten).toBe(0);
    const pairing = kept.pair();
    server.scan(LEO, (await kept.step("qr")).qr.expose());
    await pairing;
    expect(kept.states.at(-1)).toBe("connected");
    expect(kept.auth.state.creds.me?.id).toBe(`${LEO}:1@s.whatsapp.net`);
  });
});

describe("several accounts", () => {
  it("are kept beside each other, and what happens to one is nothing to the other", async () => {
    const [ana, leo] = await Promise.all([connected(ANA), connected(LEO)]);
    server.end(ANA, "replaced");
    await ana.state("replaced");
    expect(leo.states.at(-1)).toBe("connected");
    expect(leo.sockets).toHaveLength(2);
  });
});

describe("stopping", () => {
  it("ends the connection within its deadline, and nothing comes after it", async () => {
    const kept = await connected();
    const began = performance.now();
    await kept.keeper.stop(2_000);
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(kept.states.at(-1)).toBe("stopped");
    await expect.poll(() => server.account(ANA).companions[0]?.line).toBeUndefined();
    expect(await hours(kept, 1)).toBe(0);
  });

  it("takes no longer when the network is dead", async () => {
    const network = await DeadNetwork.before(server);
    const kept = await connected(ANA, network);
    running.push(network);
    network.die();
    const began = performance.now();
    await kept.keeper.stop(1_000);
    expect(performance.now() - began).toBeLessThan(1_200);
    expect(kept.states.at(-1)).toBe("stopped");
  });

  it("ends a pause and a pairing", async () => {
    const kept = await connected();
    await server.away();
    await kept.state("disconnected");
    await kept.keeper.stop(1_000);
    expect(kept.states.at(-1)).toBe("stopped");
    await server.back();
    const unlinked = new Kept(server, LEO).start();
    const pairing = unlinked.pair();
    await unlinked.step("qr");
    await unlinked.keeper.stop(1_000);
    await pairing;
    expect(unlinked.steps.at(-1)).toMatchObject({ kind: "refused", why: "stopping" });
  });
});

it("what can't be read ends the connection and not the process, and it is connected again", async () => {
  const kept = await connected();
  const since = kept.now;
  kept.sockets.at(-1)?.ws.emit("message", Buffer.from([0, 0, 20, ...new Array(20).fill(7)]));
  await kept.state("disconnected", since);
  await kept.nextSocket();
  await kept.state("connected", since);
});

it("who waits for an answer is told at once when the connection ends", async () => {
  const kept = await connected();
  const answer = kept.keeper.current()?.socket.waitForMessage("NEVER", 20_000);
  const began = performance.now();
  server.end(ANA, "restart");
  await expect(answer).rejects.toThrow("closed");
  expect(performance.now() - began).toBeLessThan(1_000);
});

it("credentials that can't be saved end the connection, which is tried again", async () => {
  const kept = await connected();
  kept.auth.gate = async () => Promise.reject(new Error("the store is away"));
  const since = kept.now;
  kept.sockets.at(-1)?.ev.emit("creds.update", { lastPropHash: "x" });
  await kept.state("disconnected", since);
  expect(kept.logs.map(({ event }) => event)).toContain("whatsapp.session.failed");
  kept.auth.gate = async () => undefined;
  await kept.nextSocket();
  await kept.state("connected", since);
});

it("a part of the account that fails with a new socket, or a socket that can't be made, is tried again", async () => {
  const kept = await connected();
  kept.made = () => {
    throw new TypeError("+15550000001");
  };
  let since = kept.now;
  server.end(ANA, "restart");
  await kept.state("disconnected", since);
  expect(kept.logs.at(-2)).toEqual({ event: "whatsapp.session.failed", fields: { error: "TypeError" } });
  kept.made = () => undefined;
  const { keys } = kept.auth.state;
  Object.defineProperty(kept.auth.state, "keys", {
    get: () => {
      throw new RangeError("unreadable");
    },
    configurable: true,
  });
  kept.clock.skip(2_000);
  await expect.poll(() => kept.logs.at(-2)?.fields).toEqual({ error: "RangeError" });
  Object.defineProperty(kept.auth.state, "keys", { value: keys });
  since = kept.now;
  await kept.nextSocket();
  await kept.state("connected", since);
});
