import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { numberOf, phoneOf } from "./addresses.ts";
import { type Conversation, directionFrom, isOn, type Network } from "./conversations.ts";
import { type Dice, diceOf } from "./dice.ts";
import type { Fault, Target } from "./fault.ts";
import { faultsIn } from "./faults.ts";
import { mxidOf } from "./homeserver-side.ts";
import { Ledger } from "./ledger.ts";
import type { WirePart } from "./smpp-proxy.ts";
import { ChatTalker, type Pace, PhoneTalker, type Talker, type Voice } from "./talkers.ts";
import { emptyTally, type Finding, type Side, type Tally, tallyConversation } from "./tally.ts";
import type { Direction } from "./token.ts";
import { Unanswered } from "./unanswered.ts";
import { pause } from "./wait.ts";
import { startWorld, WINDOW, type World } from "./world.ts";

/** How a run is made. */
export interface KillOptions {
  readonly stops: number;
  readonly seed: number;
  readonly conversations: readonly Conversation[];
  /** Servers of our own in this process instead of Synapse and jSMPP: quicker, for developing. */
  readonly loopback: boolean;
  /** Where the run keeps its state and its log. */
  readonly folder: string;
  /** Told about each stop. */
  readonly say: (line: string) => void;
}

/** What one run came to. */
export interface RunResult {
  readonly seed: number;
  readonly stops: number;
  /** How often each kind of fault happened; `long`: those that went on for 10 s, which are counted in the others too. */
  readonly faults: Readonly<Record<string, number>>;
  readonly tally: Tally;
  /** The most texts to phones that may be uncertain: a window for each stop that can catch some under way. */
  readonly bound: number;
  readonly boots: number;
  readonly crashes: number;
  readonly unorderly: number;
  readonly seconds: number;
  readonly findings: readonly Finding[];
}

const LONG = 10_000;
/** One in so many of those stops that can go on for 10 s does. */
const LONG_ONE_IN = 10;
/** After so many stops everything has a chance to come to rest. */
const CALM_EVERY = 10;
const CALM_WITHIN = 10_000;
const REST_WITHIN = 90_000;
/** What comes twice comes within this time of the rest. */
const AFTERMATH = 2_000;
const REAL_PACE: Pace = { least: 300, most: 1_600, burst: 4 };
const LOOPBACK_PACE: Pace = { least: 80, most: 500, burst: 4 };
/** To somebody on WhatsApp the bridge writes no faster than once a second in the long run. */
const PACE_TO_WHATSAPP: Pace = { least: 1_200, most: 4_500, burst: 3 };

/** Starts everything, stops parts of it at random points of two-way traffic, lets it come to rest, and counts. */
export async function runScenario(options: KillOptions): Promise<RunResult> {
  await mkdir(options.folder, { recursive: true });
  const world = await startWorld(options);
  try {
    const scenario = new Scenario(options, world);
    return await scenario.run();
  } finally {
    await world.stop();
  }
}

class Scenario {
  readonly #options: KillOptions;
  readonly #world: World;
  readonly #ledger: Ledger;
  readonly #talkers: readonly Talker[];
  readonly #dice: Dice;
  readonly #busy = new Map<Target, Promise<void>>();
  readonly #counts: Record<string, number> = {};
  /** Every deliver_sm on its way in. `at`: ms since 1970. */
  readonly #wire: (WirePart & { readonly token: string; readonly at: number })[] = [];
  #unsettling = 0;

  constructor(options: KillOptions, world: World) {
    this.#options = options;
    this.#world = world;
    this.#ledger = new Ledger(options.conversations.length);
    this.#dice = diceOf(options.seed);
    this.#talkers = this.#makeTalkers();
    world.smsc.onText = ({ phone, text, at }) => {
      const conversation = options.conversations.find(({ number }) => phoneOf(number) === phone);
      this.#ledger.phones[conversation?.number ?? -1]?.push({ text, at });
    };
  }

  async run(): Promise<RunResult> {
    const began = Date.now();
    const silence = new AbortController();
    const giveUp = new AbortController();
    const talking = Promise.all(this.#talkers.map((talker) => talker.run(silence.signal, giveUp.signal)));
    for (let stop = 1; stop <= this.#options.stops; stop += 1) {
      await this.#stop(stop);
      if (stop % CALM_EVERY === 0) await this.#calm();
    }
    silence.abort();
    await Promise.all(this.#busy.values());
    this.#world.http.heal();
    this.#world.smpp.heal();
    await this.#world.whatsapp?.heal();
    await Promise.race([talking, pause(REST_WITHIN)]);
    giveUp.abort();
    await this.#rest(REST_WITHIN);
    await pause(AFTERMATH);
    return this.#result((Date.now() - began) / 1_000);
  }

  #makeTalkers(): readonly Talker[] {
    const { homeserver, smsc, smpp, whatsapp } = this.#world;
    const phones: PhoneTalker[] = [];
    const others: Talker[] = [];
    for (const conversation of this.#options.conversations) {
      const { number } = conversation;
      if (isOn(conversation, "sms")) {
        const addresses = { phone: phoneOf(number), number: numberOf(conversation) };
        phones.push(new PhoneTalker(this.#voice(conversation, "sms"), smsc, addresses));
      }
      if (isOn(conversation, "matrix"))
        others.push(new ChatTalker(this.#voice(conversation, "matrix"), homeserver));
      if (whatsapp !== undefined && isOn(conversation, "whatsapp"))
        others.push(new ChatTalker(this.#voice(conversation, "whatsapp"), whatsapp));
    }
    const unanswered = new Unanswered();
    smpp.onDeliver = (token, part) => {
      this.#wire.push({ token, ...part, at: Date.now() });
      unanswered.sent(token, part);
      for (const phone of phones) phone.seen(token, part);
    };
    smpp.onTaken = (connection, sequence) => unanswered.taken(connection, sequence);
    smsc.onAnswer = (sequence) => {
      const answered = unanswered.answered(sequence);
      if (answered === undefined) return;
      for (const phone of phones) phone.answered(answered.token, answered.part);
    };
    return [...phones, ...others];
  }

  #voice(conversation: Conversation, network: Network): Voice {
    const { number } = conversation;
    const isToWhatsApp = network !== "whatsapp" && isOn(conversation, "whatsapp");
    const usual = this.#options.loopback ? LOOPBACK_PACE : REAL_PACE;
    return {
      conversation: number,
      direction: directionFrom(conversation, network),
      dice: this.#dice.fork(`${network}${number}`),
      pace: isToWhatsApp ? PACE_TO_WHATSAPP : usual,
      ledger: this.#ledger,
    };
  }

  /** One stop: in the middle of a burst more often than not. It may go on beside the next, which is of something else. */
  async #stop(number: number): Promise<void> {
    const dice = this.#dice;
    await pause(dice.whole(200, 1_300));
    const fault = dice.pick(faultsIn(this.#world));
    await this.#busy.get(fault.target);
    while (this.#busy.size >= 2) await Promise.race(this.#busy.values());
    if (fault.target !== "daemon" || this.#busy.has("daemon")) await this.#ensureDaemon();
    const span = this.#spanOf(fault);
    if (dice.chance(0.65)) {
      for (const talker of this.#talkers) if (dice.chance(0.6)) talker.poke();
      await pause(dice.whole(0, 150));
    }
    this.#counts[fault.name] = (this.#counts[fault.name] ?? 0) + 1;
    if (span >= LONG) this.#counts.long = (this.#counts.long ?? 0) + 1;
    if (fault.unsettles) this.#unsettling += 1;
    const running = this.#run(number, fault, span).finally(() => this.#busy.delete(fault.target));
    this.#busy.set(fault.target, running);
  }

  #spanOf({ canLast, name }: Fault): number {
    if (canLast && this.#dice.chance(1 / LONG_ONE_IN)) return LONG;
    return / (away|frozen)$/.test(name) ? 500 : this.#dice.whole(0, 500);
  }

  async #run(number: number, fault: Fault, span: number): Promise<void> {
    const began = Date.now();
    await this.#note({ at: began, stop: number, fault: fault.name, span });
    const detail = await fault.run(this.#world, this.#dice.fork(`fault${number}`), span);
    const ms = Date.now() - began;
    await this.#note({ at: Date.now(), stop: number, fault: fault.name, detail, ms });
    this.#options.say(
      `${number}/${this.#options.stops} ${fault.name}: ${detail}, ${(ms / 1_000).toFixed(1)} s`,
    );
  }

  async #ensureDaemon(): Promise<void> {
    if (!this.#busy.has("daemon")) await this.#world.daemon.ensure();
  }

  async #calm(): Promise<void> {
    await Promise.all(this.#busy.values());
    const came = await this.#rest(CALM_WITHIN);
    await this.#note({ at: Date.now(), calm: came });
  }

  /** Waits until nothing that was told is missing any more; gives up when for so long not one more has come. */
  async #rest(ms: number): Promise<boolean> {
    let least = Number.POSITIVE_INFINITY;
    for (let end = Date.now() + ms; ; ) {
      await this.#ensureDaemon();
      const now = Date.now();
      const findings = await this.#tally(emptyTally());
      const open = findings.filter(({ what }) => what === "lost" || what === "untold");
      const old = open.filter(({ token }) => this.#wasToldBefore(token, now - 1_000));
      if (old.length === 0) return true;
      // A busy machine's homeserver may take seconds for each: what still comes isn't lost.
      if (open.length < least) {
        least = open.length;
        end = Date.now() + ms;
      }
      if (Date.now() > end) return false;
      await pause(500);
    }
  }

  #wasToldBefore(token: string, time: number): boolean {
    const toldAt = this.#ledger.entries.find((entry) => entry.token === token)?.toldAt;
    return toldAt === undefined || toldAt < time;
  }

  async #tally(tally: Tally): Promise<readonly Finding[]> {
    const findings: Finding[] = [];
    const { submits } = this.#world.smpp;
    for (const conversation of this.#options.conversations) {
      const { number, first, second } = conversation;
      const entries = (direction: Direction) => this.#ledger.of(number, direction);
      const sides = { first: await this.#side(number, first), second: await this.#side(number, second) };
      findings.push(...tallyConversation({ conversation, entries, submits, ...sides }, tally));
    }
    return findings;
  }

  /** What somebody in a conversation was shown by their network. */
  async #side(conversation: number, network: Network): Promise<Side> {
    switch (network) {
      case "sms":
        return { shown: (this.#ledger.phones[conversation] ?? []).map(({ text }) => text) };
      case "whatsapp":
        return { shown: (this.#world.whatsapp?.shown(conversation) ?? []).map(({ text }) => text) };
      case "matrix": {
        const room = await this.#history(conversation);
        const bodies = (isOwn: boolean) =>
          room.filter(({ sender }) => (sender === mxidOf(conversation)) === isOwn).map(({ body }) => body);
        return { shown: bodies(false), written: bodies(true) };
      }
    }
  }

  async #history(user: number) {
    for (let left = 20; ; left -= 1) {
      try {
        return await this.#world.homeserver.history(user);
      } catch (error) {
        if (left === 0) throw error;
        await pause(500);
      }
    }
  }

  async #result(seconds: number): Promise<RunResult> {
    const { daemon } = this.#world;
    const tally = emptyTally();
    const findings = await this.#tally(tally);
    await this.#save(findings);
    return {
      seed: this.#options.seed,
      stops: this.#options.stops,
      faults: this.#counts,
      tally,
      bound: WINDOW * this.#unsettling,
      boots: daemon.boots,
      crashes: daemon.crashes,
      unorderly: daemon.unorderly,
      seconds,
      findings,
    };
  }

  async #note(note: object): Promise<void> {
    await appendFile(join(this.#options.folder, "stops.jsonl"), `${JSON.stringify(note)}\n`);
  }

  /** What is needed to find out what happened to a text. */
  async #save(findings: readonly Finding[]): Promise<void> {
    const { entries, phones } = this.#ledger;
    const { smpp, whatsapp } = this.#world;
    const rooms: Record<number, unknown> = {};
    const chats: Record<number, unknown> = {};
    for (const conversation of this.#options.conversations) {
      const { number } = conversation;
      if (isOn(conversation, "matrix")) rooms[number] = await this.#history(number);
      if (isOn(conversation, "whatsapp")) chats[number] = whatsapp?.shown(number);
    }
    const submits = Object.fromEntries(smpp.submits);
    const odd = await whatsapp?.oddities();
    const all = { findings, entries, wire: this.#wire, phones, submits, rooms, chats, odd };
    await writeFile(join(this.#options.folder, "run.json"), JSON.stringify(all, null, 1));
  }
}
