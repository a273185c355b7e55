import { Preset } from "matrix-js-sdk";
import { type MatrixUser, matrixUser } from "../../support/matrix-user.ts";
import type { Seen } from "../player.ts";
import { BRIDGE, type Deed } from "../transcript.ts";
import type { Networks } from "./networks.ts";
import type { Person } from "./person.ts";

const BOT = "@footbridge:example.org";
const PATIENCE = 20_000;

/** Somebody with a real Matrix client, who has begun a chat with the bot. */
export class MatrixPerson implements Person {
  readonly #user: MatrixUser;
  readonly #desk: string;
  readonly #networks: Networks;

  private constructor(user: MatrixUser, desk: string, networks: Networks) {
    this.#user = user;
    this.#desk = desk;
    this.#networks = networks;
  }

  static async come(networks: Networks, name: string): Promise<MatrixPerson> {
    const user = await matrixUser({ url: networks.synapse.url, name });
    const { room_id: desk } = await user.client.createRoom({
      preset: Preset.PrivateChat,
      is_direct: true,
      invite: [BOT],
    });
    const bot = () => user.client.getRoom(desk)?.getMember(BOT)?.membership;
    await user.until(() => bot() === "join", PATIENCE);
    return new MatrixPerson(user, desk, networks);
  }

  get address(): string {
    return this.#user.id;
  }

  async writes(place: string, text: string): Promise<void> {
    await this.#taken(await this.#user.sendText(this.#roomOf(place), text));
  }

  async does(place: string, deed: Deed, to: string): Promise<void> {
    const room = this.#roomOf(place);
    const isOwn = deed.kind === "edit" || deed.kind === "delete";
    const target = this.#user
      .seenIn(room)
      .findLast(({ body, sender }) => body.startsWith(to) && (!isOwn || sender === this.address));
    if (target === undefined) throw new Error(`nothing begins so: ${to}`);
    await this.#taken(await this.#do(room, deed, target.id));
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
    const { client } = this.#user;
    await this.#user.until(
      () => client.getRooms().every((room) => room.getMyMembership() !== "invite"),
      PATIENCE,
    );
    for (const { roomId } of client.getRooms().filter((room) => room.getMyMembership() === "join")) {
      const all = await this.#user.history(roomId);
      const isSeen = (id: string): boolean => this.#user.seen.some((event) => event.id === id);
      await this.#user.until(() => all.every(({ id }) => isSeen(id)), PATIENCE);
    }
  }

  leave(): void {
    this.#user.stop();
  }

  #taken(event: string): Promise<void> {
    return this.#networks.taken.wait(event);
  }

  #do(room: string, deed: Deed, target: string): Promise<string> {
    const user = this.#user;
    switch (deed.kind) {
      case "reaction": {
        const relation = { rel_type: "m.annotation", event_id: target, key: deed.emoji };
        return user.sendEvent(room, "m.reaction", { "m.relates_to": relation });
      }
      case "edit":
        return user.sendEvent(room, "m.room.message", {
          ...{ msgtype: "m.text", body: `* ${deed.text}` },
          "m.new_content": { msgtype: "m.text", body: deed.text },
          "m.relates_to": { rel_type: "m.replace", event_id: target },
        });
      case "reply":
        return user.sendEvent(room, "m.room.message", {
          ...{ msgtype: "m.text", body: deed.text },
          "m.relates_to": { "m.in_reply_to": { event_id: target } },
        });
      case "delete":
        return user.takeBack(room, target);
    }
  }

  #placeOf(room: string): string {
    if (room === this.#desk) return BRIDGE;
    return this.#user.client.getRoom(room)?.name ?? room;
  }

  #roomOf(place: string): string {
    const rooms = this.#user.client.getRooms().filter(({ roomId }) => this.#placeOf(roomId) === place);
    const [room, ...others] = rooms;
    if (room === undefined || others.length > 0) throw new Error(`${rooms.length} rooms are called ${place}`);
    return room.roomId;
  }
}
