import { setTimeout as wait } from "node:timers/promises";
import { type ICreateRoomOpts, Preset } from "matrix-js-sdk";
import { type MatrixUser, matrixUser } from "../../support/matrix-user.ts";
import type { Seen } from "../player.ts";
import { type Act, BRIDGE, type Deed } from "../transcript.ts";
import { perform } from "./matrix-deeds.ts";
import type { Networks } from "./networks.ts";
import type { Person } from "./person.ts";

const BOT = "@footbridge:example.org";
const PATIENCE = 20_000;
const ENCRYPTION = { type: "m.room.encryption", content: { algorithm: "m.megolm.v1.aes-sha2" } };

/** Somebody with a real Matrix client, who begins a chat with the bot when they have something to say to it. */
export class MatrixPerson implements Person {
  readonly #user: MatrixUser;
  readonly #networks: Networks;
  #desk: string | undefined;

  private constructor(user: MatrixUser, networks: Networks) {
    this.#user = user;
    this.#networks = networks;
  }

  static async come(networks: Networks, name: string): Promise<MatrixPerson> {
    return new MatrixPerson(await matrixUser({ url: networks.synapse.url, name, encrypts: true }), networks);
  }

  get address(): string {
    return this.#user.id;
  }

  async writes(place: string, text: string): Promise<void> {
    const room = await this.#roomOf(place);
    const event = await this.#user.sendText(room, text);
    const { type } = await this.#user.client.fetchRoomEvent(room, event);
    if ((type === "m.room.encrypted") !== this.#encryptsIn(room))
      throw new Error("what somebody wrote isn't encrypted where it has to be, or is where it mustn't");
    await this.#taken(event);
  }

  async does(place: string, deed: Deed, to: string): Promise<void> {
    const room = await this.#roomOf(place);
    const isOwn = deed.kind === "edit" || deed.kind === "delete";
    const target = this.#user
      .seenIn(room)
      .findLast(({ body, sender }) => body.startsWith(to) && (!isOwn || sender === this.address));
    if (target === undefined) throw new Error(`nothing begins so: ${to}`);
    await this.#taken(await perform(this.#user, room, deed, target.id));
  }

  async acts(place: string, act: Act): Promise<void> {
    if (act === "encrypts") return this.#encrypt(place);
    const leave = { membership: "leave" }; // as a state event, which has an id
    await this.#taken(await this.#setState(await this.#roomOf(place), "m.room.member", leave, this.address));
  }

  async #encrypt(place: string): Promise<void> {
    if (place === BRIDGE && this.#desk === undefined) {
      this.#desk = await this.#begin({ initial_state: [{ ...ENCRYPTION, state_key: "" }] });
    } else {
      await this.#taken(await this.#setState(await this.#roomOf(place), ENCRYPTION.type, ENCRYPTION.content));
    }
    const room = await this.#roomOf(place);
    await this.#user.until(() => this.#encryptsIn(room), PATIENCE);
  }

  looks(text: string): string {
    return text;
  }

  shown(): ReadonlyMap<string, readonly Seen[]> {
    const places = new Map<string, Seen[]>();
    for (const { room, sender, body, at } of this.#user.seen) {
      if (sender === this.address) continue;
      const place = this.#placeOf(room);
      const seen = places.get(place) ?? [];
      places.set(place, seen);
      seen.push({ text: body, at });
    }
    return places;
  }

  async caughtUp(): Promise<void> {
    for (const room of await this.#joined()) {
      const all = await this.#user.history(room);
      const isSeen = (id: string): boolean => this.#user.seen.some((event) => event.id === id);
      await this.#user.until(() => all.every(({ id }) => isSeen(id)), PATIENCE);
    }
  }

  leave(): void {
    this.#user.stop();
  }

  /** The rooms that they are in, when they are in all into which they were asked. */
  async #joined(): Promise<readonly string[]> {
    const { client } = this.#user;
    for (const end = Date.now() + PATIENCE; ; await wait(20)) {
      // The homeserver is asked: after a join its next answer may have the invite again, and the client believes it.
      const { joined_rooms: joined } = await client.getJoinedRooms();
      const invites = client.getRooms().filter((room) => room.getMyMembership() === "invite");
      if (invites.every(({ roomId }) => joined.includes(roomId))) return joined;
      if (Date.now() > end) throw new Error("somebody didn't come into a room into which they were asked");
    }
  }

  /** Begins a chat with the bot. */
  async #begin(more: ICreateRoomOpts = {}): Promise<string> {
    const { client } = this.#user;
    const { room_id: room } = await client.createRoom({
      ...{ preset: Preset.PrivateChat, is_direct: true, invite: [BOT] },
      ...more,
    });
    await this.#user.until(() => client.getRoom(room)?.getMember(BOT)?.membership === "join", PATIENCE);
    return room;
  }

  #encryptsIn(room: string): boolean {
    return this.#user.client.isRoomEncrypted(room);
  }

  async #setState(room: string, type: string, content: object, key = ""): Promise<string> {
    const { client } = this.#user;
    return (await client.sendStateEvent(room, type as never, content as never, key)).event_id; // any type, any content
  }

  #taken(event: string): Promise<void> {
    return this.#networks.taken.wait(event);
  }

  #placeOf(room: string): string {
    if (room === this.#desk) return BRIDGE;
    return this.#user.client.getRoom(room)?.name ?? room;
  }

  async #roomOf(place: string): Promise<string> {
    if (place === BRIDGE) {
      this.#desk ??= await this.#begin();
      return this.#desk;
    }
    const rooms = this.#user.client.getRooms().filter(({ roomId }) => this.#placeOf(roomId) === place);
    const [room, ...others] = rooms;
    if (room === undefined || others.length > 0) throw new Error(`${rooms.length} rooms are called ${place}`);
    return room.roomId;
  }
}
