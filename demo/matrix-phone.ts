import type { Homeserver } from "../test/support/homeserver.ts";
import type { HomeserverEvent, HomeserverRoom } from "../test/support/homeserver-state.ts";
import { BOT } from "./cast.ts";
import { Phone } from "./phone.ts";
import type { Line } from "./script.ts";
import type { Message, Side, Talk } from "./talk.ts";
import { NotSeen, until } from "./watch.ts";

/** What a Matrix app calls the direct chat with the bridge. */
const DESK = "Footbridge";

/** A Matrix app: what it sends while its server is away waits in it, and invitations are accepted. */
export class MatrixPhone extends Phone {
  readonly mxid: string;
  readonly #homeserver: Homeserver;
  readonly #talk: Talk;
  readonly #waiting: (() => void)[] = [];
  #desk: string | undefined;
  #isOnline = true;

  constructor(title: string, mxid: string, homeserver: Homeserver, talk: Talk, side?: Side) {
    super(title, talk, side);
    this.mxid = mxid;
    this.#homeserver = homeserver;
    this.#talk = talk;
    homeserver.state.onEvent((room, event) => this.#see(room, event));
  }

  /** Begins a direct chat with the bridge, and waits until it is there. @throws NotSeen */
  async openDesk(): Promise<void> {
    const { state } = this.#homeserver;
    this.#desk = this.#homeserver.userCreatesRoom(this.mxid, BOT);
    const room = state.room(this.#desk);
    await until(`the bridge in the chat that ${this.title} began`, () =>
      room !== undefined && state.membership(room, BOT) === "join" ? true : undefined,
    );
  }

  /** The room of a conversation, by what it is called; joined. @throws NotSeen */
  async room(title: string): Promise<string> {
    const { state } = this.#homeserver;
    return until(`the room "${title}" on ${this.title}`, () => {
      const found = [...state.rooms.values()].find(
        (room) => titleOf(room) === title && state.membership(room, this.mxid) === "join",
      );
      return found?.id;
    });
  }

  /** Writes in the chat with the bridge, or in a room. */
  write(text: string, room?: string): void {
    const place = room ?? this.#desk;
    if (place === undefined) throw new NotSeen(`${this.title} has no chat with the bridge`);
    this.wrote(this.#nameOf(place), text);
    this.#homeserver.userSends(place, this.mxid, text);
  }

  /** Writes in the room of Ana's and Leo's conversation. */
  say(line: Line, room: string): Message {
    const message = this.#talk.typed("ana", line);
    this.wrote(this.#nameOf(room), line.text, message);
    const go = (): void => {
      message.sentAt = performance.now();
      const { html, text: body } = line;
      const formatted = html === undefined ? {} : { format: "org.matrix.custom.html", formatted_body: html };
      const content = { msgtype: "m.text", body, ...formatted };
      this.#homeserver.userSendsEvent(room, this.mxid, "m.room.message", content);
    };
    if (this.#isOnline) go();
    else this.#waiting.push(go);
    return message;
  }

  /** The app lost its server. */
  offline(): void {
    this.#isOnline = false;
  }

  /** The server is back: what waited goes out. */
  online(): void {
    this.#isOnline = true;
    for (const go of this.#waiting.splice(0)) go();
  }

  #see(room: HomeserverRoom, event: HomeserverEvent): void {
    if (event.sender === this.mxid) return;
    const { membership } = event.content;
    if (event.type === "m.room.member" && event.state_key === this.mxid && membership === "invite")
      setImmediate(() => this.#homeserver.userJoins(room.id, this.mxid));
    if (event.type !== "m.room.message") return;
    if (this.#homeserver.state.membership(room, this.mxid) === undefined) return;
    this.shows(this.#nameOf(room.id), String(event.content.body), event.origin_server_ts);
  }

  #nameOf(room: string): string {
    if (room === this.#desk) return DESK;
    const found = this.#homeserver.state.room(room);
    return (found && titleOf(found)) ?? "a room without a name";
  }
}

function titleOf({ state }: HomeserverRoom): string | undefined {
  const name = state.get("m.room.name ")?.content.name;
  return typeof name === "string" ? name : undefined;
}
