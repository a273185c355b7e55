import { expect } from "vitest";
import { until } from "../support/account-host.ts";
import { type Check, pause } from "./check.ts";
import type { Said } from "./fixture.ts";
import type { Chat, Stage } from "./stage.ts";

/** More than fits into one part of any network that has parts. */
const LONG = "as many words as it takes, and a fox 🦊, ".repeat(20);

const textArrives: Check = {
  name: "hands a text over with its sender, its portal's chat and its time",
  run: async (stage) => {
    const { person, chat } = await stage.chat();
    const text = stage.text();
    const before = Date.now();
    const said = stage.network.says(person, chat, text);
    await until(() => said.taken());
    const event = stage.host.events.findLast(({ body }) => body.kind === "message");
    expect(event?.body).toEqual({ kind: "message", content: { kind: "text", text } });
    expect(event?.from.expose()).toBe(person);
    expect(event?.chat.expose()).toBe(chat);
    expect(event?.at).toBeGreaterThan(before - 2_000);
    expect(event?.at).toBeLessThanOrEqual(Date.now());
    expect(event?.timing).toBe("live");
  },
};

const longTextArrives: Check = {
  name: "hands a long text over whole",
  run: async (stage) => {
    const { person, chat } = await stage.chat();
    const text = stage.text(LONG);
    const said = stage.network.says(person, chat, text);
    await until(() => said.taken());
    expect(stage.host.texts(chat)).toEqual([text]);
  },
};

const nothingAcknowledgedEarly: Check = {
  name: "acknowledges nothing before acceptAll resolved",
  run: async (stage) => {
    const { host, network } = stage;
    const { person, chat } = await stage.chat();
    const opening = Promise.withResolvers<void>();
    let entered = false;
    await pause(); // what came before is over, the saving of a cursor too
    host.gate = () => {
      entered = true;
      return opening.promise;
    };
    const said = network.says(person, chat, stage.text());
    await until(() => entered);
    const { saves } = host;
    await pause();
    expect({ taken: said.taken(), saves: host.saves }).toEqual({ taken: false, saves });
    opening.resolve();
    await until(() => said.taken());
  },
};

const refusedComesAgain: Check = {
  name: "loses nothing and keeps the order when intake is refused for a while",
  run: async (stage) => {
    const { host, network } = stage;
    const { person, chat } = await stage.chat();
    await pause();
    host.refuse = true;
    const { saves } = host;
    const texts = [stage.text(), stage.text(), stage.text()];
    const said = texts.map((text) => network.says(person, chat, text));
    await pause();
    expect({ taken: said.filter((one) => one.taken()).length, saves: host.saves }).toEqual({
      taken: 0,
      saves,
    });
    host.refuse = false;
    await until(() => said.every((one) => one.taken()));
    expect(host.texts(chat)).toEqual(texts);
  },
};

const bugIsSurvived: Check = {
  name: "acknowledges nothing and goes on when acceptAll throws something unexpected",
  run: async (stage) => {
    const { host, network } = stage;
    const { person, chat } = await stage.chat();
    await pause();
    let calls = 0;
    host.gate = async () => {
      calls += 1;
      if (calls <= 2) throw new TypeError("a bug of the house");
    };
    const { saves } = host;
    const text = stage.text();
    const said = network.says(person, chat, text);
    await until(() => calls >= 1);
    expect({ taken: said.taken(), saves: host.saves }).toEqual({ taken: false, saves });
    await until(() => said.taken(), 8_000);
    expect(host.texts(chat)).toEqual([text]);
  },
};

const orderOfEachChat: Check = {
  name: "keeps the order of each chat when many write at once",
  run: async (stage) => {
    const chats = [await stage.chat(), await stage.chat()];
    const texts = chats.map(() => Array.from({ length: 40 }, (_, at) => stage.text(`number ${at},`)));
    const said = Array.from({ length: 40 }, (_, at) =>
      chats.map(({ person, chat }, who) => stage.network.says(person, chat, texts[who]?.[at] ?? "")),
    ).flat();
    await until(() => said.every((one) => one.taken()), 10_000);
    expect(chats.map(({ chat }) => stage.host.texts(chat))).toEqual(texts);
  },
};

const equalTextsAreKept: Check = {
  name: "keeps two equal texts that were both sent",
  run: async (stage) => {
    const { person, chat } = await stage.chat();
    const text = stage.text();
    for (let times = 0; times < 2; times += 1) {
      const said = stage.network.says(person, chat, text);
      await until(() => said.taken());
    }
    expect(stage.host.texts(chat)).toEqual([text, text]);
  },
};

/** A text is stored, but the process is killed before it hears of it; what the network does then is its own. */
async function killWhileStored(stage: Stage, one: Chat, text: string): Promise<Said> {
  await pause();
  const { host } = stage;
  host.stored = () => new Promise(() => undefined);
  const said = stage.network.says(one.person, one.chat, text);
  await until(() => host.texts(one.chat).length === 1);
  await stage.kill();
  expect(said.taken()).toBe(false);
  await stage.again();
  return said;
}

const onceOverAKill: Check = {
  name: "takes a text once that was stored, but not acknowledged, when the process was killed",
  run: async (stage) => {
    const one = await stage.chat();
    const text = stage.text();
    const said = await killWhileStored(stage, one, text);
    await until(() => said.taken());
    expect(stage.host.texts(one.chat)).toEqual([text]);
    const next = stage.network.says(one.person, one.chat, text);
    await until(() => next.taken());
    expect(stage.host.texts(one.chat)).toEqual([text, text]);
  },
};

const longOnceOverAKill: Check = {
  name: "takes a long text once, and whole, that was stored when the process was killed",
  run: async (stage) => {
    const one = await stage.chat();
    const text = stage.text(LONG);
    const said = await killWhileStored(stage, one, text);
    await until(() => said.taken());
    const next = stage.text();
    const after = stage.network.says(one.person, one.chat, next);
    await until(() => after.taken());
    await pause();
    expect(stage.host.texts(one.chat)).toEqual([text, next]);
  },
};

const onceOverABreak: Check = {
  name: "takes a text once that was being stored when the connection broke",
  run: async (stage) => {
    const { person, chat } = await stage.chat();
    await pause();
    const text = stage.text();
    stage.host.stored = async () => {
      stage.host.stored = async () => undefined;
      await stage.network.away();
    };
    const said = stage.network.says(person, chat, text);
    await until(() => stage.host.texts(chat).length === 1);
    await pause();
    await stage.network.back();
    await until(() => said.taken(), 10_000);
    expect(stage.host.texts(chat)).toEqual([text]);
  },
};

const afterAnAbsence: Check = {
  name: "brings what was said while the network couldn't be reached, in order",
  run: async (stage) => {
    const { person, chat } = await stage.chat();
    await stage.network.away();
    await until(() => stage.host.states.at(-1)?.kind === "disconnected");
    const texts = [stage.text(), stage.text()];
    const said = texts.map((text) => stage.network.says(person, chat, text));
    await stage.network.back();
    await until(() => said.every((one) => one.taken()), 10_000);
    expect(stage.host.texts(chat)).toEqual(texts);
  },
};

const afterARestart: Check = {
  name: "brings what was said while the daemon was down, in order",
  run: async (stage) => {
    const { person, chat } = await stage.chat();
    await stage.stop();
    const texts = [stage.text(), stage.text()];
    const said = texts.map((text) => stage.network.says(person, chat, text));
    await stage.again();
    await until(() => said.every((one) => one.taken()), 10_000);
    expect(stage.host.texts(chat)).toEqual(texts);
  },
};

const intakeStops: Check = {
  name: "takes nothing more after stopIntake, still sends, and loses nothing by it",
  run: async (stage) => {
    const one = await stage.chat();
    await pause();
    await stage.account.stopIntake();
    const { saves } = stage.host;
    const text = stage.text();
    const said = stage.network.says(one.person, one.chat, text);
    const answer = stage.text();
    expect((await stage.send(one, answer)).kind).toBe("done");
    expect(stage.network.shown(one.person, one.chat)).toEqual([answer]);
    await pause();
    expect({ taken: said.taken(), saves: stage.host.saves }).toEqual({ taken: false, saves });
    expect(stage.host.texts(one.chat)).toEqual([]);
    await stage.stop();
    await stage.again();
    await until(() => said.taken());
    expect(stage.host.texts(one.chat)).toEqual([text]);
  },
};

const unbridgeableIsHandedOver: Check = {
  name: "hands over that something came which can't be bridged, and goes on",
  run: async (stage) => {
    const { network, host } = stage;
    const { person, chat } = await stage.chat();
    const picture = network.saysUnbridgeable?.(person, chat);
    if (picture === undefined) throw new Error("this network has nothing that can't be bridged");
    const said = network.says(person, chat, stage.text());
    await until(() => picture.taken() && said.taken());
    const bodies = host.events.filter((event) => event.chat.expose() === chat).map(({ body }) => body);
    const kinds = bodies.map((body) => (body.kind === "message" ? body.content.kind : body.kind));
    expect(kinds.filter((kind) => kind === "unbridgeable" || kind === "malformed")).toHaveLength(1);
    expect(kinds.at(-1)).toBe("text");
  },
};

const receiptsArrive: Check = {
  name: "hands over receipts about what was sent",
  run: async (stage) => {
    const one = await stage.chat();
    const outcome = await stage.send(one, stage.text());
    const refs = outcome.kind === "done" ? outcome.refs.map((ref) => ref.expose()) : [];
    const [ref] = refs;
    if (ref === undefined || stage.network.receipt === undefined) throw new Error("there are no receipts");
    stage.network.receipt(one.person, one.chat, ref);
    const targets = await until(() => {
      const body = stage.host.events.findLast((event) => event.body.kind === "status")?.body;
      return body?.kind === "status" && body.targets;
    });
    expect(targets.map((target) => target.expose()).some((target) => refs.includes(target))).toBe(true);
    const { delivered, read } = stage.account.capabilities.receipts;
    expect(delivered || read).toBe(true);
  },
};

const typingArrives: Check = {
  name: "passes on that somebody types",
  run: async (stage) => {
    const { person, chat } = await stage.chat();
    if (stage.network.types === undefined) throw new Error("this network has no typing");
    await pause();
    stage.network.types(person, chat);
    const signal = await until(() => stage.host.signals.at(-1));
    expect([signal.chat.expose(), signal.from.expose(), signal.typing]).toEqual([chat, person, true]);
  },
};

/** What comes in. */
export const intakeChecks: readonly Check[] = [
  textArrives,
  longTextArrives,
  nothingAcknowledgedEarly,
  refusedComesAgain,
  bugIsSurvived,
  orderOfEachChat,
  equalTextsAreKept,
  onceOverAKill,
  longOnceOverAKill,
  onceOverABreak,
  afterAnAbsence,
  afterARestart,
  intakeStops,
  unbridgeableIsHandedOver,
  receiptsArrive,
  typingArrives,
];
