// An operator ends the link of an account with its phone: the real client against the loopback server.

import "../../support/whatsapp/quiet-console.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { WhatsAppServer } from "../../support/whatsapp/index.ts";
import { hours, type Kept, linked } from "./keeping.ts";
import { ANA, endAll, serverOfTwo } from "./two-phones.ts";

let server: WhatsAppServer;
const running: { stop(): Promise<void> }[] = [];

beforeEach(async () => {
  server = await serverOfTwo();
});
afterEach(() => endAll(running, server));

async function connected(): Promise<Kept> {
  const kept = await linked(server, ANA);
  running.push(kept);
  return kept;
}

describe("a link that its operator ends", () => {
  it("is ended at the server, its keys are forgotten, and nothing is tried; it can be linked again", async () => {
    const kept = await connected();
    const since = kept.now;
    expect(await kept.keeper.unpair()).toBe("unpaired");
    await kept.state("needs-pairing", since);
    expect(server.account(ANA).companions).toEqual([]);
    expect(kept.auth.isPaired).toBe(false);
    expect(await hours(kept, 24)).toBe(0);
    expect(kept.states.slice(-1)).toEqual(["needs-pairing"]);
    expect(await kept.keeper.unpair()).toBe("not-paired");
    const again = kept.now;
    const pairing = kept.pair();
    server.scan(ANA, (await kept.step("qr", again)).qr.expose());
    await pairing;
    await kept.state("connected", again);
  });

  it("is forgotten where the server can't be told, and that is said", async () => {
    const kept = await connected();
    await server.away();
    await kept.state("disconnected");
    const since = kept.now;
    expect(await kept.keeper.unpair()).toBe("forgotten");
    await kept.state("needs-pairing", since);
    expect(kept.auth.isPaired).toBe(false);
    expect(await hours(kept, 24)).toBe(0);
    await server.back();
    expect(server.account(ANA).companions).toHaveLength(1);
  });

  it("may be ended again when what is stored couldn't be changed", async () => {
    const kept = await connected();
    const forget = kept.auth.forget.bind(kept.auth);
    kept.auth.forget = () => Promise.reject(new Error("the store is away"));
    expect(await kept.keeper.unpair()).toBe("failed");
    await kept.state("logged-out");
    kept.auth.forget = forget;
    const since = kept.now;
    expect(await kept.keeper.unpair()).toBe("forgotten");
    await kept.state("needs-pairing", since);
  });
});
