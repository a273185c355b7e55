import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PairBy, PairingStep } from "../../src/adapter/pairing.ts";
import type { ControlHandlers, PairingReport } from "../../src/http/control-api.ts";
import { controlClient } from "../../src/http/control-client.ts";
import { type ControlServer, openControlServer } from "../../src/http/control-server.ts";
import { sensitive } from "../../src/model/sensitive.ts";

const STEPS: readonly PairingStep[] = [
  { kind: "connecting" },
  { kind: "qr", qr: sensitive("2@abc"), expiresIn: 60_000 },
  { kind: "code", code: sensitive("ABCDEFGH"), expiresIn: 160_000 },
  { kind: "linked" },
  { kind: "paired" },
];

let folder: string;
let server: ControlServer;
let asked: { account: string; by: PairBy; signal: AbortSignal }[];
let steps: (signal: AbortSignal) => AsyncIterable<PairingStep>;
const errors: unknown[] = [];

async function* all(given: readonly PairingStep[]): AsyncGenerator<PairingStep> {
  yield* given;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "fb-pair-"));
  asked = [];
  errors.length = 0;
  steps = () => all(STEPS);
  const unused = async () => Promise.reject(new Error("not asked here"));
  const handlers: ControlHandlers = {
    status: unused,
    buried: unused,
    retry: unused,
    drop: unused,
    audit: unused,
    doctor: unused,
    greet: unused,
    unpair: async (account) =>
      account === "sms" ? "unsupported" : account === "wa" ? "unpaired" : "unknown",
    pair: (account, by, signal) => {
      if (account === "sms") return "unsupported";
      if (account !== "wa") return "unknown";
      asked.push({ account, by, signal });
      return steps(signal);
    },
  };
  server = await openControlServer({ stateFolder: folder, handlers, onError: (error) => errors.push(error) });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function read(account: string, by: Parameters<ReturnType<typeof controlClient>["pair"]>[1]) {
  const told: PairingReport[] = [];
  for await (const step of controlClient(folder).pair(account, by)) told.push(step);
  return told;
}

describe("linking an account over the control socket", () => {
  it("tells each step when it happens, with what is to be shown", async () => {
    const free = Promise.withResolvers<void>();
    steps = async function* () {
      yield { kind: "connecting" };
      await free.promise;
      yield* STEPS.slice(1);
    };
    const told = controlClient(folder).pair("wa", { by: "qr" });
    expect((await told.next()).value).toEqual({ step: "connecting" });
    free.resolve();
    expect((await told.next()).value).toEqual({ step: "qr", qr: "2@abc", expiresMs: 60_000 });
    expect((await told.next()).value).toEqual({ step: "code", code: "ABCDEFGH", expiresMs: 160_000 });
    expect((await told.next()).value).toEqual({ step: "linked" });
    expect((await told.next()).value).toEqual({ step: "paired" });
    expect((await told.next()).done).toBe(true);
  });

  it("passes on how, and a number that nothing prints", async () => {
    await read("wa", { by: "code", number: "+15550000001" });
    await read("wa", { by: "code" });
    expect(asked.map(({ by }) => by.kind)).toEqual(["code", "code"]);
    const [first, second] = asked.map(({ by }) => (by.kind === "code" ? by.number : undefined));
    expect(first?.expose()).toBe("+15550000001");
    expect(JSON.stringify(asked)).not.toContain("5550");
    expect(second).toBeUndefined();
  });

  it("ends it when who asked goes away", async () => {
    steps = async function* (signal) {
      yield { kind: "connecting" };
      await once(signal, "abort");
    };
    for await (const step of controlClient(folder).pair("wa", { by: "qr" })) {
      expect(step).toEqual({ step: "connecting" });
      break;
    }
    await expect.poll(() => asked[0]?.signal.aborted).toBe(true);
  });

  it("says a refusal, an account that isn't there, and one that is linked with no phone", async () => {
    const refusal = { kind: "refused", why: "expired", remedy: "ask anew" } as const;
    steps = () => all([refusal]);
    expect(await read("wa", { by: "qr" })).toEqual([{ step: "refused", why: "expired", remedy: "ask anew" }]);
    await expect(read("nobody", { by: "qr" })).rejects.toThrow("no account of this name");
    await expect(read("sms", { by: "qr" })).rejects.toThrow("isn't linked with a phone");
  });

  it("says of what fails on the way its name alone", async () => {
    steps = async function* () {
      yield { kind: "connecting" };
      throw new RangeError("+15550000001 is secret");
    };
    await expect(read("wa", { by: "qr" })).rejects.toThrow(
      "the daemon couldn't do it (RangeError); its log says more",
    );
    expect(errors).toHaveLength(1);
  });

  it("says when the daemon ends meanwhile", async () => {
    steps = async function* () {
      yield { kind: "connecting" };
      await new Promise(() => undefined);
    };
    const told = controlClient(folder).pair("wa", { by: "qr" });
    await told.next();
    const next = told.next();
    await server.close();
    await expect(next).rejects.toThrow("the daemon ended before the account was linked");
  });

  it.each([
    ["nothing", ""],
    ["no JSON", "{"],
    ["another way", '{"by":"magic"}'],
    ["too much", `{"by":"code","number":"${"1".repeat(5_000)}"}`],
  ])("refuses a request of %s", async (_, body) => {
    const outgoing = request({ socketPath: server.path, method: "POST", path: "/accounts/wa/pair" }).end(
      body,
    );
    const [response] = await once(outgoing, "response");
    response.resume();
    expect(response.statusCode).toBe(400);
    expect(asked).toEqual([]);
  });

  it("takes no other method", async () => {
    const outgoing = request({ socketPath: server.path, method: "GET", path: "/accounts/wa/pair" }).end();
    const [response] = await once(outgoing, "response");
    response.resume();
    expect(response.statusCode).toBe(405);
  });
});
