// An account is linked with its phone, or isn't: the real client against the loopback server.

import "../../support/whatsapp/quiet-console.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sensitive } from "../../../src/model/sensitive.ts";
import type { WhatsAppServer } from "../../support/whatsapp/index.ts";
import { Kept, linked } from "./keeping.ts";
import { ANA, endAll, LEO, serverOfTwo } from "./two-phones.ts";

let server: WhatsAppServer;
const running: { stop(): Promise<void> }[] = [];

beforeEach(async () => {
  server = await serverOfTwo();
});
afterEach(() => endAll(running, server));

function unlinked(number = ANA): Kept {
  const kept = new Kept(server, number).start();
  running.push(kept);
  return kept;
}

async function connected(number = ANA): Promise<Kept> {
  const kept = await linked(server, number);
  running.push(kept);
  return kept;
}

/** The last code of a socket has been shown for its time: baileys lib/Socket/socket.js (`genPairQR`), which takes 160 s. */
async function expire(kept: Kept): Promise<void> {
  const error = Object.assign(new Error("QR refs attempts ended"), { output: { statusCode: 408 } });
  await kept.sockets.at(-1)?.end(error);
}

const kinds = (kept: Kept) => kept.steps.map(({ kind }) => kind);

it("an account that isn't linked says so and connects nowhere", async () => {
  const kept = unlinked();
  const { remedy } = await kept.state("needs-pairing");
  expect(remedy).toContain('"footbridge whatsapp pair wa"');
  expect(kept.sockets).toHaveLength(0);
});

describe("by QR", () => {
  it("it is linked, connects again when it is told to (515), and says each step", async () => {
    const kept = await connected();
    expect(kinds(kept)).toEqual(["connecting", "qr", "linked", "connecting", "paired"]);
    expect(kept.states).toEqual(["needs-pairing", "connecting", "connected"]);
    expect(kept.sockets).toHaveLength(2);
    expect(kept.auth.saves).toBeGreaterThan(0);
    expect(server.account(ANA).companions).toHaveLength(1);
    expect(server.problems).toEqual([]);
  });

  it("what it has become is saved before it connects again", async () => {
    const kept = unlinked();
    const order: string[] = [];
    kept.auth.gate = async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      order.push(kept.auth.isPaired ? "saved as linked" : "saved");
    };
    const pairing = kept.pair();
    server.scan(ANA, (await kept.step("qr")).qr.expose());
    await kept.step("linked");
    expect(order).toContain("saved as linked");
    kept.auth.gate = async () => undefined;
    await pairing;
  });

  it("a phone with another number than the config's is turned away, and nothing is linked on it", async () => {
    const kept = unlinked(ANA);
    const pairing = kept.pair();
    const { qr } = await kept.step("qr");
    const before = kept.auth.state;
    server.scan(LEO, qr.expose());
    await pairing;
    expect(kept.steps.at(-1)).toMatchObject({ kind: "refused", why: "other-number" });
    expect(server.account(LEO).companions).toEqual([]);
    expect(kept.auth.isPaired).toBe(false);
    expect(kept.auth.state).not.toBe(before);
    expect(kept.states.at(-1)).toBe("needs-pairing");
    // The right phone is linked all the same.
    const since = kept.now;
    const again = kept.pair();
    server.scan(ANA, (await kept.step("qr", since)).qr.expose());
    await again;
    expect(kept.states.at(-1)).toBe("connected");
  });

  for (const forgery of ["signature", "hmac"] as const) {
    it(`a phone with a forged ${forgery} is refused`, async () => {
      const kept = unlinked();
      const pairing = kept.pair();
      server.scan(ANA, (await kept.step("qr")).qr.expose(), forgery);
      await pairing;
      expect(kept.steps.at(-1)).toMatchObject({ kind: "refused", why: "rejected" });
      expect(kept.auth.isPaired).toBe(false);
      expect(server.account(ANA).companions).toEqual([]);
    });
  }

  it("two can't link it at once, and who comes second is told", async () => {
    const kept = unlinked();
    void kept.pair();
    await kept.step("qr");
    await kept.pair();
    expect(kept.steps.at(-1)).toMatchObject({ kind: "refused", why: "busy" });
  });

  it("who goes away leaves nothing behind: the socket closes, and the next one is served", async () => {
    const kept = unlinked();
    const gone = new AbortController();
    const first = kept.pair({ kind: "qr" }, gone.signal);
    await kept.step("qr");
    gone.abort();
    await first;
    await expect.poll(() => kept.sockets[0]?.ws.isClosed).toBe(true);
    const since = kept.now;
    const second = kept.pair();
    server.scan(ANA, (await kept.step("qr", since)).qr.expose());
    await second;
    expect(kept.states.at(-1)).toBe("connected");
  });

  it("codes that nobody scans are shown anew, for three sockets", async () => {
    const kept = unlinked();
    const pairing = kept.pair();
    let since = 0;
    for (let round = 0; round < 3; round += 1) {
      await kept.step("qr", since);
      since = kept.now;
      await expire(kept);
      if (round < 2) await kept.nextSocket();
    }
    await pairing;
    expect(kept.sockets).toHaveLength(3);
    expect(kept.steps.at(-1)).toMatchObject({ kind: "refused", why: "expired" });
    expect(kept.states).toEqual(["needs-pairing"]);
  });

  it("a server that is away is tried again, and then said", async () => {
    await server.away();
    const kept = unlinked();
    const pairing = kept.pair();
    for (let time = 0; time < 3; time += 1) await kept.nextSocket();
    await pairing;
    expect(kept.steps.at(-1)).toMatchObject({ kind: "refused", why: "unreachable" });
  });

  it("a version that isn't taken is refused, with what to do", async () => {
    const kept = await connected();
    expect(await kept.pair()).toBeUndefined();
    expect(kept.steps.at(-1)?.kind).toBe("paired"); // it is linked, and works
    server.faults.put(ANA, { kind: "refuse-login", reason: 405 });
    server.end(ANA, "restart");
    await kept.state("misconfigured");
    server.faults.put(ANA, { kind: "refuse-login", reason: 405 });
    await kept.pair();
    const last = kept.steps.at(-1);
    expect(last).toMatchObject({ kind: "refused", why: "rejected" });
    expect(last?.kind === "refused" && last.remedy).toContain("version");
  });
});

describe("by a code", () => {
  it("it is linked when the code is typed on the phone", async () => {
    const kept = unlinked();
    const pairing = kept.pair({ kind: "code", number: sensitive(`+${ANA}`) });
    const { code, expiresIn } = await kept.step("code");
    expect(code.expose()).toMatch(/^[0-9A-Z]{8}$/);
    expect(expiresIn).toBe(160_000);
    await server.enterCode(ANA, code.expose());
    await pairing;
    expect(kinds(kept)).toEqual(["connecting", "code", "linked", "connecting", "paired"]);
    expect(kept.states.at(-1)).toBe("connected");
    expect(server.problems).toEqual([]);
  });

  it("a code that is never typed isn't a logout: the account still needs pairing, and the next one links it", async () => {
    const kept = unlinked();
    const gone = new AbortController();
    const first = kept.pair({ kind: "code" }, gone.signal);
    await kept.step("code");
    await expect.poll(() => kept.auth.state.creds.me?.id).toBe(`${ANA}@s.whatsapp.net`);
    gone.abort();
    await first;
    const since = kept.now;
    const second = kept.pair({ kind: "qr" });
    server.scan(ANA, (await kept.step("qr", since)).qr.expose());
    await second;
    expect(kept.states).toEqual(["needs-pairing", "connecting", "connected"]);
    expect(kept.auth.forgotten).toBe(0);
  });

  it("a code that was never typed before a restart of the bridge isn't a logout either", async () => {
    const before = unlinked();
    void before.pair({ kind: "code" });
    await before.step("code");
    await before.stop();
    const kept = new Kept(server, ANA, before.auth).start();
    running.push(kept);
    await kept.state("needs-pairing");
    const pairing = kept.pair();
    server.scan(ANA, (await kept.step("qr")).qr.expose());
    await pairing;
    expect(kept.states).toEqual(["needs-pairing", "connecting", "connected"]);
  });

  it("a code that nobody types expires with its socket", async () => {
    const kept = unlinked();
    const pairing = kept.pair({ kind: "code" });
    await kept.step("code");
    await expire(kept);
    await pairing;
    expect(kept.steps.at(-1)).toMatchObject({ kind: "refused", why: "expired" });
  });

  it("a server that refuses the request for a code is heard, which Baileys doesn't look at", async () => {
    const kept = unlinked();
    const pairing = kept.pair({ kind: "code" });
    await kept.step("code");
    // As it comes over the socket: whatsmeow pair-code.go says that a bad request gets 400, one of too many 429.
    kept.sockets[0]?.ws.emit("frame", { tag: "iq", attrs: { type: "error", id: "1" }, content: [] });
    await pairing;
    expect(kept.steps.at(-1)).toMatchObject({ kind: "refused", why: "rejected" });
  });

  it("another number than the config's is refused before anything is asked for", async () => {
    const kept = unlinked();
    await kept.pair({ kind: "code", number: sensitive(`+${LEO}`) });
    expect(kept.steps).toMatchObject([{ kind: "refused", why: "other-number" }]);
    expect(kept.sockets).toHaveLength(0);
  });
});
