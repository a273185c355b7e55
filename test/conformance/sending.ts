import { expect } from "vitest";
import { LeaseLost } from "../../src/adapter/index.ts";
import { sensitive } from "../../src/model/index.ts";
import { done, MemoryAttempt, until } from "../support/account-host.ts";
import { type Check, pause } from "./check.ts";

/** How soon a try ends once its signal is aborted. */
const SOON = 500;

const textIsSent: Check = {
  name: "sends a text, a long one and a notice, with a ref of its own for each",
  run: async (stage) => {
    const one = await stage.chat();
    const texts = [
      stage.text(),
      stage.text("as many words as it takes, and a fox 🦊, ".repeat(15)),
      stage.text(),
    ];
    const refs = new Set<string | undefined>();
    for (const [at, text] of texts.entries()) {
      const content = at === 2 ? ({ kind: "notice", text } as const) : ({ kind: "text", text } as const);
      const outcome = done(await stage.perform(stage.sending(one, content)));
      refs.add(outcome.refs[0]?.expose());
      expect(outcome.opened).toBeUndefined();
    }
    expect(stage.network.shown(one.person, one.chat)).toEqual(texts);
    expect(refs.size).toBe(3);
    expect(refs.has(undefined)).toBe(false);
  },
};

const markComesFirst: Check = {
  name: "marks a try before anything goes out",
  run: async (stage) => {
    const one = await stage.chat();
    const before = stage.network.requests();
    const attempt = new MemoryAttempt();
    let atMark: number | undefined;
    attempt.onMark = async () => {
      await pause(50);
      atMark ??= stage.network.requests();
    };
    done(await stage.send(one, stage.text(), attempt));
    expect(atMark).toBe(before);
    expect(attempt.steps).toContain("mark");
  },
};

const leaseLost: Check = {
  name: "sends nothing when mark says that the lease is lost",
  run: async (stage) => {
    const one = await stage.chat();
    const before = stage.network.requests();
    const attempt = new MemoryAttempt();
    attempt.onMark = () => {
      throw new LeaseLost();
    };
    await expect(stage.send(one, stage.text(), attempt)).rejects.toThrow(LeaseLost);
    await pause();
    expect(stage.network.requests()).toBe(before);
    expect(stage.network.shown(one.person, one.chat)).toEqual([]);
  },
};

const abortedAlready: Check = {
  name: "sends nothing for a try that was aborted before",
  run: async (stage) => {
    const one = await stage.chat();
    const before = stage.network.requests();
    const attempt = new MemoryAttempt(undefined, AbortSignal.abort(new LeaseLost()));
    const outcome = await stage.send(one, stage.text(), attempt);
    expect(outcome).toMatchObject({ kind: "retry", counts: false });
    expect(stage.network.requests()).toBe(before);
    expect(attempt.steps).toEqual([]);
  },
};

const abortEndsIt: Check = {
  name: "ends a try soon after its signal was aborted",
  run: async (stage) => {
    const one = await stage.chat();
    const before = stage.network.requests();
    const abort = new AbortController();
    const attempt = new MemoryAttempt(undefined, abort.signal);
    const sending = stage.sendInto("silent", one, stage.text(), attempt).catch((error: unknown) => error);
    await until(() => stage.network.requests() > before);
    abort.abort(new LeaseLost());
    const ended = await Promise.race([sending, pause(SOON).then(() => "late")]);
    if (!(ended instanceof LeaseLost)) expect(ended).toMatchObject({ kind: "unknown" });
    await sending;
  },
};

const onceWithinRepeatSafe: Check = {
  name: "does an operation once that is asked for again under the same id",
  run: async (stage) => {
    const one = await stage.chat();
    const text = stage.text();
    const operation = stage.sending(one, { kind: "text", text });
    const refs = [];
    for (let times = 0; times < 3; times += 1)
      refs.push(done(await stage.perform(operation)).refs[0]?.expose());
    expect(stage.network.shown(one.person, one.chat)).toEqual([text]);
    expect(new Set(refs).size).toBe(1);
    expect(stage.account.capabilities.repeatSafe).toBeGreaterThan(0);
  },
};

const onceAfterALostAnswer: Check = {
  name: "does an operation once whose answer was lost, when it is asked for again",
  run: async (stage) => {
    const one = await stage.chat();
    const text = stage.text();
    const operation = stage.sending(one, { kind: "text", text });
    stage.network.fail("lost");
    expect((await stage.perform(operation)).kind).toBe("unknown");
    done(await stage.performAnyway(operation));
    expect(stage.network.shown(one.person, one.chat)).toEqual([text]);
  },
};

const onceOverAKill: Check = {
  name: "does an operation once that is asked for again by the next process",
  run: async (stage) => {
    const one = await stage.chat();
    const text = stage.text();
    const operation = stage.sending(one, { kind: "text", text });
    done(await stage.perform(operation));
    await stage.kill();
    await stage.again();
    done(await stage.performAnyway(operation));
    expect(stage.network.shown(one.person, one.chat)).toEqual([text]);
  },
};

const lostIsUnknown: Check = {
  name: "calls it unknown when the answer was lost, and goes on",
  run: async (stage) => {
    const one = await stage.chat();
    const [first, second] = [stage.text(), stage.text()];
    expect((await stage.sendInto("lost", one, first)).kind).toBe("unknown");
    done(await stage.sendAnyway(one, second));
    expect(stage.network.shown(one.person, one.chat)).toEqual([first, second]);
  },
};

const silentIsUnknown: Check = {
  name: "calls it unknown when no answer comes in time, and goes on",
  run: async (stage) => {
    const one = await stage.chat();
    expect((await stage.sendInto("silent", one, stage.text())).kind).toBe("unknown");
    const text = stage.text();
    done(await stage.sendAnyway(one, text));
    expect(stage.network.shown(one.person, one.chat).at(-1)).toBe(text);
  },
};

const notConnected: Check = {
  name: "says retry for the account, uncounted, while it isn't connected",
  run: async (stage) => {
    const one = await stage.chat();
    await stage.network.away();
    await until(() => stage.host.states.at(-1)?.kind === "disconnected");
    const outcome = await stage.send(one, stage.text());
    expect(outcome).toEqual({ kind: "retry", reason: "not-connected", scope: "account", counts: false });
    await stage.network.back();
    const text = stage.text();
    done(await stage.sendAnyway(one, text));
    expect(stage.network.shown(one.person, one.chat)).toEqual([text]);
  },
};

const tooFast: Check = {
  name: "passes on that it is too fast, uncounted, with the time to wait",
  run: async (stage) => {
    const one = await stage.chat();
    const text = stage.text();
    const operation = stage.sending(one, { kind: "text", text });
    stage.network.fail("throttled");
    const outcome = await stage.perform(operation);
    expect(outcome).toMatchObject({ kind: "retry", reason: "throttled", counts: false });
    expect(outcome.kind === "retry" && outcome.after).toBeGreaterThan(0);
    done(await stage.performAnyway(operation));
    expect(stage.network.shown(one.person, one.chat)).toEqual([text]);
  },
};

const refusalIsFinal: Check = {
  name: "passes on a refusal as final for this one alone",
  run: async (stage) => {
    const one = await stage.chat();
    const outcome = await stage.sendInto("refused", one, stage.text());
    expect(outcome).toMatchObject({ kind: "refused", scope: "delivery" });
    const text = stage.text();
    done(await stage.send(one, text));
    expect(stage.network.shown(one.person, one.chat)).toEqual([text]);
  },
};

const unbridgeableIsRefused: Check = {
  name: "refuses a content that it can't carry, without marking it",
  run: async (stage) => {
    const one = await stage.chat();
    const before = stage.network.requests();
    const attempt = new MemoryAttempt();
    const content = { kind: "unbridgeable", what: "image" } as const;
    const outcome = await stage.perform(stage.sending(one, content), attempt);
    expect(outcome).toEqual({ kind: "refused", reason: "unsupported", scope: "delivery" });
    expect([attempt.steps, stage.network.requests()]).toEqual([[], before]);
  },
};

const strangePortal: Check = {
  name: "refuses a portal that isn't of its own making, without an exception",
  run: async (stage) => {
    const before = stage.network.requests();
    for (const odd of ["", "{}", "null", '{"thread":7}', "canary portal {"]) {
      const outcome = await stage.send({ portal: sensitive(odd) }, stage.text());
      expect(outcome.kind).toBe("refused");
    }
    expect(stage.network.requests()).toBe(before);
  },
};

const manyAtATime: Check = {
  name: "does as many at a time as it says",
  run: async (stage) => {
    const chats = [await stage.chat(), await stage.chat(), await stage.chat(), await stage.chat()];
    const count = Math.min(stage.account.capabilities.concurrency, 64);
    const sends = Array.from({ length: count }, (_, at) => {
      const one = chats[at % chats.length];
      return one === undefined ? undefined : stage.send(one, stage.text(`number ${at},`));
    });
    expect(new Set((await Promise.all(sends)).map((outcome) => outcome?.kind))).toEqual(new Set(["done"]));
    const shown = chats.flatMap(({ person, chat }) => stage.network.shown(person, chat));
    expect(shown).toHaveLength(count);
  },
};

/** What goes out. */
export const sendingChecks: readonly Check[] = [
  textIsSent,
  markComesFirst,
  leaseLost,
  abortedAlready,
  abortEndsIt,
  onceWithinRepeatSafe,
  onceAfterALostAnswer,
  onceOverAKill,
  lostIsUnknown,
  silentIsUnknown,
  notConnected,
  tooFast,
  refusalIsFinal,
  unbridgeableIsRefused,
  strangePortal,
  manyAtATime,
];
