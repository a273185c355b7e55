// The suite's own test: an adapter that breaks one promise fails the check of that promise.

import { expect, test } from "vitest";
import { loopback } from "../../adapters/loopback/index.ts";
import type { Account, AccountHost, AdapterModule, Attempt, Operation } from "../../src/adapter/index.ts";
import { sensitive } from "../../src/model/index.ts";
import { deliveryId } from "../support/account-host.ts";
import { allChecks, failureOf } from "./checks.ts";
import { LeakWatch } from "./leaks.ts";
import { nothingLeft } from "./life.ts";
import { loopbackFixture } from "./networks/loopback.ts";

/** What is broken in an adapter, and the check that must find it. */
interface Sabotage {
  readonly fault: string;
  readonly check: string;
  /** What it gets instead of the real house's. */
  readonly host?: (host: AccountHost) => Partial<AccountHost>;
  /** What the house gets instead of the real account's. */
  readonly account?: (account: Account) => Partial<Account>;
  readonly operation?: (operation: Operation) => Operation;
  readonly attempt?: (attempt: Attempt) => Partial<Attempt>;
}

const timers: NodeJS.Timeout[] = [];

const SABOTAGES: readonly Sabotage[] = [
  {
    fault: "acknowledges before the event is stored",
    check: "acknowledges nothing before acceptAll resolved",
    host: (host) => ({
      acceptAll: async (batch) => {
        void host.acceptAll(batch);
        return batch.map(() => "accepted");
      },
    }),
  },
  {
    fault: "takes a refusal for a yes",
    check: "loses nothing and keeps the order when intake is refused for a while",
    host: (host) => ({
      acceptAll: (batch) => host.acceptAll(batch).catch(() => batch.map(() => "accepted")),
    }),
  },
  {
    fault: "turns the order around",
    check: "keeps the order of each chat when many write at once",
    host: (host) => ({ acceptAll: (batch) => host.acceptAll(batch.toReversed()) }),
  },
  {
    fault: "gives an event another id each time",
    check: "takes a text once that was stored, but not acknowledged, when the process was killed",
    host: (host) => ({
      acceptAll: (batch) =>
        host.acceptAll(
          batch.map((event) => ({ ...event, identity: { kind: "id", id: sensitive(deliveryId()) } })),
        ),
    }),
  },
  {
    fault: "takes equal texts for repeats",
    check: "keeps two equal texts that were both sent",
    host: (host) => ({
      acceptAll: (batch) =>
        host.acceptAll(
          batch.map((event) => ({ ...event, identity: { kind: "id", id: sensitive("always the same") } })),
        ),
    }),
  },
  {
    fault: "names another chat than the portal's",
    check: "hands a text over with its sender, its portal's chat and its time",
    host: (host) => ({
      acceptAll: (batch) => host.acceptAll(batch.map((event) => ({ ...event, chat: event.from }))),
    }),
  },
  {
    fault: "goes on taking in after stopIntake",
    check: "takes nothing more after stopIntake, still sends, and loses nothing by it",
    account: () => ({ stopIntake: async () => undefined }),
  },
  {
    fault: "marks too late",
    check: "marks a try before anything goes out",
    attempt: (attempt) => ({ mark: async () => void setTimeout(() => void attempt.mark(), 100) }),
  },
  {
    fault: "sends though the lease is lost",
    check: "sends nothing when mark says that the lease is lost",
    attempt: (attempt) => ({ mark: () => attempt.mark().catch(() => undefined) }),
  },
  {
    fault: "doesn't look at the signal",
    check: "ends a try soon after its signal was aborted",
    attempt: () => ({ signal: new AbortController().signal }),
  },
  {
    fault: "gives the network another id at each try",
    check: "does an operation once that is asked for again under the same id",
    operation: (operation) => ({ ...operation, id: deliveryId() }),
  },
  {
    fault: "counts an outage as an attempt",
    check: "says retry for the account, uncounted, while it isn't connected",
    account: (account) => ({
      perform: async (operation, attempt) => {
        const outcome = await account.perform(operation, attempt);
        return outcome.kind === "retry" ? { ...outcome, counts: true } : outcome;
      },
    }),
  },
  {
    fault: "calls a lost answer a retry",
    check: "calls it unknown when the answer was lost, and goes on",
    account: (account) => ({
      perform: async (operation, attempt) => {
        const outcome = await account.perform(operation, attempt);
        if (outcome.kind !== "unknown") return outcome;
        return { kind: "retry", reason: outcome.reason, scope: "delivery", counts: true };
      },
    }),
  },
  {
    fault: "makes another portal at each try",
    check: "opens one portal for an alias, however often and by whichever process it is asked",
    operation: (operation) =>
      operation.kind === "openPortal" ? { ...operation, alias: deliveryId() } : operation,
  },
  {
    fault: "doesn't say that it lost its connection",
    check: "reports connecting, connected, disconnected, connected and stopped, each in its time",
    host: (host) => ({
      report: (state) => (state.kind === "disconnected" ? undefined : host.report(state)),
    }),
  },
  {
    fault: "waits for ever in stop",
    check: "stops within its deadline while a send has no answer and the house doesn't take what came",
    account: (account) => ({ stop: (deadline) => account.stop(deadline * 4) }),
  },
  {
    fault: "leaves a timer",
    check: "leaves no connection and no timer behind",
    account: (account) => {
      timers.push(setInterval(() => undefined, 60_000));
      return { start: account.start.bind(account) };
    },
  },
];

/** The loopback adapter with one promise broken. */
function broken({ host, account, operation, attempt }: Sabotage): AdapterModule<unknown> {
  // Configs come from its own schema.
  const module = loopback as AdapterModule<unknown>;
  return {
    ...module,
    open: (config, given) => {
      const real = module.open(config, over(given, host?.(given)));
      const performing: Partial<Account> = {
        perform: (asked, tried) => real.perform(operation?.(asked) ?? asked, over(tried, attempt?.(tried))),
      };
      return over(real, { ...performing, ...account?.(real) });
    },
  };
}

/** An object with some of its members replaced; the others keep their `this`. */
function over<T extends object>(real: T, other: Partial<T> = {}): T {
  return new Proxy(real, {
    get: (target, name) => {
      const value: unknown = Reflect.get(Object.hasOwn(other, name) ? other : target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

test.each(SABOTAGES)("an adapter that $fault is found out", async (sabotage) => {
  const check = allChecks.find(({ name }) => name === sabotage.check);
  if (check === undefined) throw new Error("there is no such check");
  try {
    expect(await failureOf(broken(sabotage), loopbackFixture, new LeakWatch(), check)).toBeDefined();
  } finally {
    for (const timer of timers.splice(0)) clearInterval(timer);
  }
});

test("the same adapter with nothing broken passes those checks", async () => {
  const names = new Set(SABOTAGES.map(({ check }) => check));
  const checks = allChecks.filter(({ name }) => names.has(name) && name !== nothingLeft.name);
  const whole = broken({ fault: "", check: "" });
  const failures = await Promise.all(
    checks.map((check) => failureOf(whole, loopbackFixture, new LeakWatch(), check)),
  );
  expect(failures.filter((failure) => failure !== undefined)).toEqual([]);
});

test.each([
  ["a log line", (host: AccountHost, secret: string) => host.log.info("loopback.x", { code: secret })],
  [
    "a state",
    (host: AccountHost, secret: string) =>
      host.report({ kind: "misconfigured", reason: "internal", remedy: `ask ${secret}` }),
  ],
])("an adapter that shows an address in %s is found out", async (_, show) => {
  const watch = new LeakWatch();
  const [check] = allChecks.filter(({ name }) => name.startsWith("hands a text over"));
  if (check === undefined) throw new Error("there is no such check");
  const leaking = broken({
    fault: "",
    check: "",
    host: (host) => ({
      acceptAll: (batch) => {
        for (const { from } of batch) show(host, from.expose());
        return host.acceptAll(batch);
      },
    }),
  });
  await failureOf(leaking, loopbackFixture, watch, check);
  expect(watch.leaks()).toHaveLength(1);
});
