import type { Homeserver } from "../test/support/homeserver.ts";
import type { HomeserverEvent } from "../test/support/homeserver-state.ts";
import type { LoopbackSmsc } from "../test/support/smsc.ts";
import { ANA, BRIDGE_NUMBER, LEO } from "./parties.ts";
import type { Line } from "./script.ts";
import type { Message, Talk } from "./talk.ts";
import { expectThat, until } from "./watch.ts";

/** Ana's Matrix app: what it sends while her server is away waits in the app, as in any Matrix client. */
export class AnaPhone {
  readonly #homeserver: Homeserver;
  readonly #talk: Talk;
  readonly #waiting: (() => void)[] = [];
  #room: string | undefined;
  #isOnline = true;

  constructor(homeserver: Homeserver, talk: Talk) {
    this.#homeserver = homeserver;
    this.#talk = talk;
    homeserver.state.onEvent((_, event) => this.#see(event));
  }

  /** Waits for the invitation into the room with Leo, and joins. @throws NotSeen */
  async accept(): Promise<void> {
    const { rooms } = this.#homeserver.state;
    const invited = () =>
      [...rooms.values()].find((room) => this.#homeserver.state.membership(room, ANA.mxid) === "invite")?.id;
    this.#room = await until("an invitation for Ana into a room with Leo", invited);
    this.#homeserver.userJoins(this.#room, ANA.mxid);
  }

  /** What stands over the conversation. */
  get title(): string {
    const name = this.#state("m.room.name")?.name;
    return typeof name === "string" ? name : "a room without a name";
  }

  /** How many rooms Ana sees. */
  get rooms(): number {
    const { rooms } = this.#homeserver.state;
    return [...rooms.values()].filter(
      (room) => this.#homeserver.state.membership(room, ANA.mxid) !== undefined,
    ).length;
  }

  send(line: Line): Message {
    const message = this.#talk.typed("ana", line);
    const go = (): void => {
      message.sentAt = performance.now();
      const formatted =
        line.html === undefined ? {} : { format: "org.matrix.custom.html", formatted_body: line.html };
      const content = { msgtype: "m.text", body: line.text, ...formatted };
      expectThat(this.#room !== undefined, "Ana has no room to write in");
      this.#homeserver.userSendsEvent(this.#room ?? "", ANA.mxid, "m.room.message", content);
    };
    if (this.#isOnline) go();
    else this.#waiting.push(go);
    return message;
  }

  /** Her app lost its server. */
  offline(): void {
    this.#isOnline = false;
  }

  /** Her server is back: what waited goes out. */
  online(): void {
    this.#isOnline = true;
    for (const go of this.#waiting.splice(0)) go();
  }

  #see(event: HomeserverEvent): void {
    if (event.type !== "m.room.message" || event.sender === ANA.mxid) return;
    this.#talk.arrived("ana", String(event.content.body), event.origin_server_ts);
  }

  #state(type: string): Readonly<Record<string, unknown>> | undefined {
    return this.#homeserver.state.room(this.#room ?? "")?.state.get(`${type} `)?.content;
  }
}

/** Leo's phone: it knows nothing but the bridge's number, saved as "Ana". */
export class LeoPhone {
  readonly #smsc: LoopbackSmsc;
  readonly #talk: Talk;
  /** Numbers from which texts came. */
  readonly senders = new Set<string>();

  constructor(smsc: LoopbackSmsc, talk: Talk) {
    this.#smsc = smsc;
    this.#talk = talk;
    smsc.onMessage = (sms) => {
      this.senders.add(sms.from);
      talk.arrived("leo", sms.text, sms.at);
      const message = talk.arrivals.leo.at(-1);
      if (message?.shown === sms.text) message.parts = sms.parts;
      expectThat(sms.to === LEO.number, "a text went to a number that nobody has");
    };
  }

  /** Sends; `taken` resolves when the bridge told the mobile network that it has all of it. */
  send(line: Line): { readonly message: Message; readonly taken: Promise<void> } {
    const message = this.#talk.typed("leo", line);
    message.sentAt = performance.now();
    const taken = this.#smsc.text(LEO.number, BRIDGE_NUMBER, line.text).then((answers) => {
      message.takenAt = performance.now();
      message.parts = answers.length;
      expectThat(
        answers.every((status) => status === 0),
        "the bridge refused a text of Leo's",
      );
    });
    taken.catch(() => undefined); // its error is told by whoever waits for it
    return { message, taken };
  }
}
