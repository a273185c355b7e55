import { expect } from "vitest";
import { until } from "../support/account-host.ts";
import { type Check, pause } from "./check.ts";
import { countResources, type Stage } from "./stage.ts";

/** What a stop may take on top of its deadline on a busy machine. */
const MARGIN = 400;

const kindsOf = ({ host }: Stage) => host.states.map(({ kind }) => kind);

const statesInTurn: Check = {
  name: "reports connecting, connected, disconnected, connected and stopped, each in its time",
  run: async (stage) => {
    expect(kindsOf(stage)[0]).toBe("connecting");
    await stage.network.away();
    await until(() => stage.host.states.at(-1)?.kind === "disconnected");
    await stage.network.back();
    await stage.connected();
    await stage.stop();
    expect(kindsOf(stage).at(-1)).toBe("stopped");
    const turns = kindsOf(stage).filter((kind, at, all) => kind !== all[at - 1]);
    expect(turns.filter((kind) => kind === "connected")).toHaveLength(2);
  },
};

const wrongCredentials: Check = {
  name: "reports wrong credentials with a remedy, and never that it is connected",
  credentials: "wrong",
  run: async (stage) => {
    const state = await until(() => stage.host.states.find(({ kind }) => kind === "misconfigured"));
    if (state.kind !== "misconfigured") return;
    expect(state.reason).toBe("unauthorised");
    expect(state.remedy.length).toBeGreaterThan(20);
    await pause();
    expect(kindsOf(stage)).not.toContain("connected");
  },
};

const fittingCapabilities: Check = {
  name: "has capabilities that fit together and its module",
  run: async ({ account, module, network }) => {
    const { capabilities } = account;
    expect(capabilities.network).toBe(module.network);
    expect(capabilities.title).not.toBe("");
    expect(capabilities.portals).toBe(account.portalOf === undefined ? "opened" : "given");
    expect(module.rooms === true).toBe(capabilities.portals === "opened");
    expect(network.number === undefined).toBe(capabilities.portals === "opened");
    expect(capabilities.concurrency).toBeGreaterThanOrEqual(1);
    expect(capabilities.repeatSafe).toBeGreaterThanOrEqual(0);
    // What is out already is recognised for longer than a text lives, or a repeat must be asked for.
    expect(Number.isFinite(capabilities.repeatSafe)).toBe(true);
  },
};

const canonicalAddresses: Check = {
  name: "leaves a canonical address as it is, and knows what is none",
  run: async ({ module, network }) => {
    const parsed = module.config.safeParse(network.config);
    if (!parsed.success) throw new Error("the fixture's config is wrong");
    const person = network.person();
    expect(module.canonical(person)).toBe(person);
    expect(module.canonical(` ${person} `)).toBe(person);
    for (const odd of ["", " ", "+", "@", "no address (canary)"]) {
      expect(module.canonical(odd)).toBeUndefined();
    }
  },
};

const stopsInTime: Check = {
  name: "stops within its deadline while a send has no answer and the house doesn't take what came",
  run: async (stage) => {
    const one = await stage.chat();
    await pause();
    const opening = Promise.withResolvers<void>();
    let entered = false;
    stage.host.gate = () => {
      entered = true;
      return opening.promise;
    };
    const said = stage.network.says(one.person, one.chat, stage.text());
    await until(() => entered);
    const before = stage.network.requests();
    const sending = stage.sendInto("silent", one, stage.text()).catch((error: unknown) => error);
    await until(() => stage.network.requests() > before);
    const began = performance.now();
    const stopping = stage.account.stop(600);
    const ended = await Promise.race([
      stopping.then(() => "stopped"),
      pause(600 + MARGIN).then(() => "late"),
    ]);
    const took = performance.now() - began;
    opening.resolve();
    await stopping;
    await sending;
    expect(ended, `it took ${Math.round(took)} ms`).toBe("stopped");
    expect(said.taken()).toBe(false);
    const after = await stage.send(one, stage.text());
    expect(after).toMatchObject({ kind: "retry", scope: "account", counts: false });
  },
};

/** It comes first, since it looks at the whole process. */
export const nothingLeft: Check = {
  name: "leaves no connection and no timer behind",
  run: async (stage) => {
    const one = await stage.chat();
    await stage.send(one, stage.text());
    await stage.sendInto("lost", one, stage.text());
    const said = stage.network.says(one.person, one.chat, stage.text());
    await until(() => said.taken());
    await stage.stop(1_000);
    await stage.network.stop();
    const left = () => ({
      sockets: countResources("TCPSocketWrap"),
      servers: countResources("TCPServerWrap"),
      timers: countResources("Timeout"),
    });
    const isNothing = () => Object.values(left()).every((count) => count === 0);
    for (let tries = 0; tries < 20 && !isNothing(); tries += 1) await pause(50);
    expect(left()).toEqual({ sockets: 0, servers: 0, timers: 0 });
  },
};

/** Start, states, stop. */
export const lifeChecks: readonly Check[] = [
  statesInTurn,
  wrongCredentials,
  fittingCapabilities,
  canonicalAddresses,
  stopsInTime,
];
