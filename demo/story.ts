import { holdings } from "./holdings.ts";
import { took } from "./paint.ts";
import { LEO, nameOf, otherSide, type Side } from "./parties.ts";
import { end, gone, later, type Moments, noNumber, nothingInFiles, quiet } from "./proofs.ts";
import { BOTH, BURST, CHAT, EACH, FIRST, FORMATTED, KILL, LONG, OUTAGE, SIGNS, STOPPED } from "./script.ts";
import { listens, type Stage } from "./stage.ts";
import type { Step } from "./steps.ts";
import { journey, type Message } from "./talk.ts";
import { expectThat, pause, until, within } from "./watch.ts";

/** The shortest time for which the homeserver is away. */
const AWAY_MS = 600;

/** The story: each step does something to the bridge and says what it saw. */
export function story(stage: Stage, moments: Moments): readonly Step[] {
  const step = (name: string, chapter: string, run: () => Promise<string>): Step => ({
    name,
    run: () => {
      stage.talk.chapter = chapter;
      return run();
    },
  });
  return [
    step("start", "", () => start(stage, moments)),
    step("first text", "first text", () => firstText(stage)),
    step("a chat", "a chat", () => chat(stage)),
    step("long texts", "long ones with emoji", () => longTexts(stage)),
    step("formatted text", "formatted text, odd signs", () => formatted(stage)),
    step("homeserver down", "the homeserver is down", () => outage(stage, moments)),
    step("kill -9", "kill -9 of the bridge", () => kill(stage)),
    step("orderly restart", "SIGTERM, stopped, start", () => restart(stage)),
    step("both at once", "both at once", () => bothAtOnce(stage)),
    step("twenty each way", "", async () => twentyEachWay(stage)),
    step("no number", "", async () => noNumber(stage)),
    step("texts are gone", "", () => gone(stage, moments)),
    step("orderly end", "", () => end(stage)),
    step("nothing in files", "", async () => nothingInFiles(stage)),
    step("26 hours later", "", () => later(stage)),
  ];
}

async function start(stage: Stage, moments: Moments): Promise<string> {
  const ms = await stage.startDaemon();
  moments.before = await quiet(stage); // the room of the pair is made at the start
  return `the daemon is ready after ${took(ms)}, connected to a homeserver and an SMSC`;
}

async function firstText({ ana, leo, talk }: Stage): Promise<string> {
  await ana.accept();
  const first = leo.send({ text: FIRST.leo });
  await within("the bridge's answer to the mobile network", first.taken);
  await talk.all([first.message]);
  const answer = ana.send({ text: FIRST.ana });
  await talk.all([answer]);
  expectThat(ana.title === LEO.name, `the room is called "${ana.title}", expected "${LEO.name}"`);
  return `in Ana's room "${ana.title}" after ${tookOf(first.message)}, her answer on Leo's phone after ${tookOf(answer)}`;
}

async function chat({ ana, leo, talk }: Stage): Promise<string> {
  const messages: Message[] = [];
  const say = async (...said: readonly Message[]) => {
    await talk.all(said);
    messages.push(...said);
  };
  for (const [question, answer] of CHAT) {
    await say(leo.send({ text: question }).message);
    await say(ana.send({ text: answer }));
  }
  await say(...BURST.leo.map((text) => leo.send({ text }).message));
  await say(...BURST.ana.map((text) => ana.send({ text })));
  expectThat(inOrder(messages, "ana", talk.arrivals.ana), "Leo's texts came in another order");
  expectThat(inOrder(messages, "leo", talk.arrivals.leo), "Ana's texts came in another order");
  const slowest = Math.max(...messages.map((message) => journey(message) ?? Number.NaN));
  return `${messages.length} texts, the slowest after ${took(slowest)}, those typed quickly in their order`;
}

async function longTexts({ ana, leo, talk }: Stage): Promise<string> {
  const there = leo.send({ text: LONG.leo }).message;
  await talk.all([there]);
  const back = ana.send({ text: LONG.ana });
  await talk.all([back]);
  for (const { from, parts = 1 } of [there, back]) {
    expectThat(parts > 1, `${nameOf(from)}'s long text went in one SMS, which can't be`);
  }
  return `${there.parts} SMS became one message on Matrix, one message became ${back.parts} SMS; each emoji as it was`;
}

async function formatted({ ana, leo, talk }: Stage): Promise<string> {
  const shop = ana.send(FORMATTED);
  await talk.all([shop]);
  const signs = leo.send({ text: SIGNS }).message;
  await talk.all([signs]);
  return `bold and a link became plain text with the link's address; ${signs.text.match(/[[\]{}~€^]/g)?.length ?? 0} signs of SMS' second alphabet came through`;
}

async function outage(stage: Stage, moments: Moments): Promise<string> {
  const { ana, leo, talk, homeserver, control } = stage;
  const began = performance.now();
  ana.offline();
  await homeserver.outage();
  expectThat(!(await listens(homeserver.port)), "the homeserver still answers, it should be down");
  const there = leo.send({ text: OUTAGE.leo });
  await within("the bridge's answer to the mobile network while the homeserver is down", there.taken);
  const taken = (there.message.takenAt ?? 0) - (there.message.sentAt ?? 0);
  const back = ana.send({ text: OUTAGE.ana });
  await until("Leo's text in the queue of `footbridge status`", async () => {
    const { accounts } = await control.status();
    return accounts.some(({ network, queued }) => network === "matrix" && queued === 1) ? true : undefined;
  });
  moments.during = await holdings(stage.state);
  await pause(AWAY_MS);
  expectThat(there.message.copies === 0, "Leo's text arrived although the homeserver was down");
  expectThat(talk.strangers.leo.length === 0, "Leo's phone was told of the outage, it shouldn't be so soon");
  const down = performance.now() - began;
  await homeserver.resume();
  const resumed = performance.now();
  ana.online();
  await talk.all([there.message, back]);
  const after = (there.message.arrivedAt ?? Number.NaN) - resumed;
  return `for ${took(down)}; Leo's text was taken after ${took(taken)}, kept, and on Ana's phone ${took(after)} after her server was back; Ana's arrived too, Leo was told nothing`;
}

async function kill(stage: Stage): Promise<string> {
  const { ana, leo, talk, daemon } = stage;
  await quiet(stage);
  const before = { ana: talk.arrivals.ana.length, leo: talk.arrivals.leo.length };
  const there = leo.send({ text: KILL.leo });
  await within("the bridge's answer to the mobile network", there.taken);
  const back = ana.send({ text: KILL.ana });
  await within("the end of the killed daemon", daemon.end("SIGKILL"));
  const onScreen = [there.message, back].filter(({ copies }) => copies > 0).length;
  const killed = performance.now();
  const ready = await stage.startDaemon();
  await talk.all([there.message, back]);
  await quiet(stage);
  for (const { from, copies } of [there.message, back]) {
    expectThat(copies === 1, `${nameOf(from)}'s text over the kill arrived ${copies} times`);
  }
  const came = talk.arrivals.ana.length - before.ana + talk.arrivals.leo.length - before.leo;
  expectThat(came === 2, `${came} texts arrived over the kill, expected 2`);
  const last = Math.max(there.message.arrivedAt ?? 0, back.arrivedAt ?? 0) - killed;
  const seen = onScreen === 0 ? "neither was on a screen yet" : `${onScreen} was on its screen already`;
  return `killed as soon as both texts were taken (${seen}); ready again in ${took(ready)}, ${took(last)} after the kill each had arrived once`;
}

async function restart(stage: Stage): Promise<string> {
  const { ana, leo, talk, daemon } = stage;
  const began = performance.now();
  const code = await within("the daemon's end after SIGTERM", daemon.end("SIGTERM"));
  expectThat(code === 0, `the daemon ended with ${code} after SIGTERM, expected 0`);
  const stopped = performance.now() - began;
  const there = leo.send({ text: STOPPED.leo }).message;
  const back = ana.send({ text: STOPPED.ana });
  const ready = await stage.startDaemon();
  await talk.all([there, back]);
  return `ended with 0 in ${took(stopped)}, ready again in ${took(ready)}; the texts sent meanwhile arrived`;
}

async function bothAtOnce({ ana, leo, talk }: Stage): Promise<string> {
  const messages: Message[] = [];
  for (const [i, text] of BOTH.leo.entries()) {
    messages.push(leo.send({ text }).message, ana.send({ text: BOTH.ana[i] ?? "" }));
  }
  await talk.all(messages);
  const slowest = Math.max(...messages.map((message) => journey(message) ?? Number.NaN));
  return `${messages.length} texts crossed within ${took(slowest)}`;
}

function twentyEachWay({ talk }: Stage): string {
  for (const side of ["ana", "leo"] as const) {
    const sent = talk.sentBy(side);
    const got = talk.arrivals[otherSide(side)];
    const who = nameOf(side);
    expectThat(sent.length === EACH, `${who} sent ${sent.length} texts, the script has ${EACH}`);
    expectThat(got.length === EACH, `${got.length} of ${who}'s texts arrived, expected ${EACH}`);
    expectThat(
      got.every((message, i) => message === sent[i]),
      `${who}'s texts arrived in another order`,
    );
    const extra = talk.strangers[side].length;
    expectThat(extra === 0, `${who}'s phone showed ${extra} texts that nobody typed`);
  }
  return `${EACH} texts of each on the other's phone: word for word, each once, in order, and nothing else`;
}

/** Whether a phone showed these messages of the other one in the order in which they were typed. */
function inOrder(messages: readonly Message[], at: Side, arrivals: readonly Message[]): boolean {
  const typed = messages.filter(({ from }) => from !== at);
  const came = arrivals.filter((message) => typed.includes(message));
  return came.length === typed.length && came.every((message, i) => message === typed[i]);
}

function tookOf(message: Message): string {
  return took(journey(message) ?? Number.NaN);
}
