import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { type PushProblem, States } from "../../../adapters/matrix/states.ts";
import type { AccountState } from "../../../src/adapter/index.ts";
import { end, stage } from "./setup.ts";

const PORT: PushProblem = { reason: "not-connected", remedy: "the port is taken" };
const TOKEN: PushProblem = { reason: "unauthorised", remedy: "the token is another" };

describe("the states of an account", () => {
  const states = () => {
    const said: AccountState[] = [];
    const all = new States({ report: (state) => void said.push(state) });
    return { all, said, last: () => said.at(-1) };
  };

  it("are reported once each, and `connected` needs nothing more than a poll", () => {
    const { all, said } = states();
    all.sync({ kind: "connecting" });
    all.sync({ kind: "connected" });
    all.sync({ kind: "connected" });
    all.listening(undefined);
    all.reached(undefined);
    expect(said).toEqual([{ kind: "connecting" }, { kind: "connected" }]);
  });

  it("show a listener's problem and the ping's apart: one that is over leaves the other", () => {
    const { all, last } = states();
    all.sync({ kind: "connected" });
    all.reached(TOKEN);
    all.listening(PORT);
    expect(last()).toMatchObject({ kind: "degraded", ...PORT });
    all.reached(undefined);
    expect(last()).toMatchObject({ kind: "degraded", ...PORT });
    all.reached(TOKEN);
    all.listening(undefined);
    expect(last()).toMatchObject({ kind: "degraded", ...TOKEN });
    all.reached(undefined);
    expect(last()).toEqual({ kind: "connected" });
  });

  it("are those of the way in while that is away: the way to us matters less", () => {
    const { all, last } = states();
    all.listening(PORT);
    all.sync({ kind: "disconnected", reason: "timeout" });
    expect(last()).toEqual({ kind: "disconnected", reason: "timeout" });
    all.sync({ kind: "connected" });
    expect(last()).toMatchObject({ kind: "degraded", ...PORT });
  });
});

describe("an account whose port another program has", () => {
  it.each<[string, RequestListener]>([
    ["answers the homeserver's call as we would", (_, response) => response.end("{}")],
    ["refuses the homeserver's call", (_, response) => response.writeHead(404).end()],
  ])("says so when that %s, and works as soon as the port is free", async (_, answer) => {
    const other = createServer(answer);
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo; // it listens on TCP
    const one = await stage({}, false, port);
    const pings = () => one.homeserver.calls.get("POST appservice") ?? 0;
    await one.host.until(() => pings() === 1 && one.host.states.at(-1)?.kind === "degraded");
    await new Promise((resolve) => setTimeout(resolve, 100));
    const state = one.host.states.at(-1);
    expect(state?.kind === "degraded" && state.remedy).toMatch(/appservice\.port can't be listened on/);
    expect(one.host.states.map(({ kind }) => kind)).not.toContain("connected");
    other.closeAllConnections();
    await new Promise((resolve) => other.close(resolve));
    await one.host.until(() => pings() === 2 && one.host.states.at(-1)?.kind === "connected");
    await end(one);
  });
});
