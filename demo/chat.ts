// Ana and Leo talk, and things go wrong meanwhile: nothing is lost, doubled or out of order.

import { CAST, LABEL } from "./cast.ts";
import { holdings } from "./holdings.ts";
import { took } from "./paint.ts";
import { listens } from "./ports.ts";
import { type Moments, quiet } from "./proofs.ts";
import { BOTH, BURST, CHAT, FORMATTED, KILL, LONG, OUTAGE, SIGNS, STOPPED, SWITCHED } from "./script.ts";
import type { Stage } from "./stage.ts";
import { journey, type Message, type Side } from "./talk.ts";
import { expectThat, pause, until, within } from "./watch.ts";

/** The shortest time for which the homeserver is away. */
const AWAY_MS = 600;

export async function chat({ ana, known, leo, talk }: Stage): Promise<string> {
  const messages: Message[] = [];
  const say = async (...said: readonly Message[]) => {
    await talk.all(said);
    messages.push(...said);
  };
  for (const [question, answer] of CHAT) {
    await say(leo.say({ text: question }).message);
    await say(ana.say({ text: answer }, known.room));
  }
  await say(...BURST.leo.map((text) => leo.say({ text }).message));
  await say(...BURST.ana.map((text) => ana.say({ text }, known.room)));
  expectThat(inOrder(messages, "ana", talk.arrivals.ana), "Leo's texts came in another order");
  expectThat(inOrder(messages, "leo", talk.arrivals.leo), "Ana's texts came in another order");
  const slowest = Math.max(...messages.map((message) => journey(message) ?? Number.NaN));
  return `${messages.length} texts, the slowest after ${took(slowest)}, those typed quickly in their order`;
}

export async function longTexts({ ana, known, leo, talk }: Stage): Promise<string> {
  const there = leo.say({ text: LONG.leo }).message;
  await talk.all([there]);
  const back = ana.say({ text: LONG.ana }, known.room);
  await talk.all([back]);
  for (const { from, parts = 1 } of [there, back]) {
    expectThat(parts > 1, `${CAST[from].name}'s long text went in one SMS, which can't be`);
  }
  return `${there.parts} SMS became one message on Matrix, one message became ${back.parts} SMS; each emoji as it was`;
}

export async function formatted({ ana, known, leo, talk }: Stage): Promise<string> {
  await talk.all([ana.say(FORMATTED, known.room)]);
  const signs = leo.say({ text: SIGNS }).message;
  await talk.all([signs]);
  return `bold and a link became plain text with the link's address; ${signs.text.match(/[[\]{}~€^]/g)?.length ?? 0} signs of SMS' second alphabet came through`;
}

export async function outage(stage: Stage, moments: Moments): Promise<string> {
  const { ana, control, homeserver, known, leo, talk } = stage;
  const began = performance.now();
  ana.offline();
  await homeserver.outage();
  expectThat(!(await listens(homeserver.port)), "the homeserver still answers, it should be down");
  const there = leo.say({ text: OUTAGE.leo });
  await within("the bridge's answer to the mobile network while the homeserver is down", there.taken);
  const taken = (there.message.takenAt ?? 0) - (there.message.sentAt ?? 0);
  const back = ana.say({ text: OUTAGE.ana }, known.room);
  await until("Leo's text in the queue of `footbridge status`", async () => {
    const { accounts } = await control.status();
    return accounts.some(({ network, queued }) => network === "matrix" && queued === 1) ? true : undefined;
  });
  moments.during = await holdings(control);
  await pause(AWAY_MS);
  expectThat(there.message.copies === 0, "Leo's text arrived although the homeserver was down");
  expectThat(leo.unread.length === 0, "Leo's phone was told of the outage, it shouldn't be so soon");
  const down = performance.now() - began;
  await homeserver.resume();
  const resumed = performance.now();
  ana.online();
  await talk.all([there.message, back]);
  const after = (there.message.arrivedAt ?? Number.NaN) - resumed;
  return `for ${took(down)}; Leo's text was taken after ${took(taken)}, kept, and on Ana's screen ${took(after)} after her server was back; Ana's arrived too, Leo was told nothing`;
}

/** On three networks: an SMS, a message on WhatsApp and one on Matrix are on their way when the bridge is killed. */
export async function kill(stage: Stage): Promise<string> {
  const { anasPhone, daemon, kim, known, leo, talk } = stage;
  await quiet(stage);
  const before = { ana: talk.arrivals.ana.length, leo: talk.arrivals.leo.length };
  const there = leo.say({ text: KILL.leo });
  await within("the bridge's answer to the mobile network", there.taken);
  const back = anasPhone.say({ text: KILL.ana }, SWITCHED.leo);
  kim.write(KILL.kim, known.kimsRoom);
  await within("Ana's text on its way to WhatsApp", back.sent);
  await within("the end of the killed daemon", daemon.end("SIGKILL"));
  const onScreen = [there.message, back.message].filter(({ copies }) => copies > 0).length;
  const killed = performance.now();
  const ready = await stage.startDaemon();
  await talk.all([there.message, back.message]);
  await anasPhone.reads(`${known.kim} · ${LABEL}: ${KILL.kim}`);
  await quiet(stage);
  for (const { from, copies } of [there.message, back.message]) {
    expectThat(copies === 1, `${CAST[from].name}'s text over the kill arrived ${copies} times`);
  }
  const came = talk.arrivals.ana.length - before.ana + talk.arrivals.leo.length - before.leo;
  expectThat(came === 2, `${came} texts arrived over the kill, expected 2`);
  expectThat(anasPhone.unread.length === 0, "Kim's text over the kill arrived twice");
  const last = Math.max(there.message.arrivedAt ?? 0, back.message.arrivedAt ?? 0) - killed;
  const seen = onScreen === 0 ? "none was on a screen yet" : `${onScreen} was on a screen already`;
  return `killed with an SMS, a WhatsApp and a Matrix message on their way (${seen}); ready again in ${took(ready)}, ${took(last)} after the kill each had arrived once`;
}

/** While it is stopped, the networks keep what is sent to it. */
export async function restart(stage: Stage): Promise<string> {
  const { anasPhone, daemon, kim, leo, talk } = stage;
  const began = performance.now();
  const code = await within("the daemon's end after SIGTERM", daemon.end("SIGTERM"));
  expectThat(code === 0, `the daemon ended with ${code} after SIGTERM, expected 0`);
  const stopped = performance.now() - began;
  const there = leo.say({ text: STOPPED.leo }).message;
  const back = anasPhone.say({ text: STOPPED.ana }, KILL.leo);
  const toKim = anasPhone.write(STOPPED.anaToKim, KILL.kim);
  await within("Ana's text on its way to WhatsApp", back.sent);
  const ready = await stage.startDaemon();
  await talk.all([there, back.message]);
  await Promise.all([toKim, kim.reads(STOPPED.anaToKim)]);
  return `ended with 0 in ${took(stopped)}, ready again in ${took(ready)}; what was sent meanwhile by SMS and on WhatsApp arrived`;
}

export async function bothAtOnce({ anasPhone, leo, talk }: Stage): Promise<string> {
  const messages: Message[] = [];
  for (const [i, text] of BOTH.ana.entries()) {
    const other = BOTH.leo[i];
    if (other !== undefined) messages.push(leo.say({ text: other }).message);
    messages.push(anasPhone.say({ text }, STOPPED.leo).message);
  }
  await talk.all(messages);
  const slowest = Math.max(...messages.map((message) => journey(message) ?? Number.NaN));
  return `${messages.length} texts crossed within ${took(slowest)}`;
}

/** Whether a side was shown these messages of the other one in the order in which they were typed. */
function inOrder(messages: readonly Message[], at: Side, arrivals: readonly Message[]): boolean {
  const typed = messages.filter(({ from }) => from !== at);
  const came = arrivals.filter((message) => typed.includes(message));
  return came.length === typed.length && came.every((message, i) => message === typed[i]);
}
