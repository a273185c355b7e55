import { randomBytes } from "node:crypto";

/** An event as clients see it. */
export interface HomeserverEvent {
  readonly event_id: string;
  readonly type: string;
  readonly sender: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly origin_server_ts: number;
  readonly state_key?: string;
  readonly redacts?: string;
}

/** A room: all that happened in it, by the place in the server's one stream. */
export interface HomeserverRoom {
  readonly id: string;
  readonly events: { readonly at: number; readonly event: HomeserverEvent }[];
  readonly state: Map<string, HomeserverEvent>;
}

/** What happened, for those who wait for it. */
type StreamListener = (room: HomeserverRoom, event: HomeserverEvent) => void;

/** The loopback homeserver's memory: users, devices, rooms, aliases and one stream of events. */
export class HomeserverState {
  readonly serverName: string;
  readonly users = new Set<string>();
  /** `user device`. */
  readonly devices = new Set<string>();
  readonly aliases = new Map<string, string>();
  readonly rooms = new Map<string, HomeserverRoom>();
  /** What was answered to a txnId, by path and device: a repeat gets the same event and makes none. */
  readonly transactions = new Map<string, string>();
  /** The number of the newest event. */
  position = 0;
  /** Rooms in which something happened, by position, so that a poll needn't look at all. */
  readonly stream: { readonly at: number; readonly room: HomeserverRoom }[] = [];
  readonly #listeners = new Set<StreamListener>();

  constructor(serverName: string) {
    this.serverName = serverName;
  }

  onEvent(listener: StreamListener): void {
    this.#listeners.add(listener);
  }

  /** The room of an id. */
  room(id: string): HomeserverRoom | undefined {
    return this.rooms.get(id);
  }

  makeRoom(): HomeserverRoom {
    const room: HomeserverRoom = {
      id: `!${randomBytes(12).toString("base64url")}`,
      events: [],
      state: new Map(),
    };
    this.rooms.set(room.id, room);
    return room;
  }

  /** Adds an event to a room; it is durable (in this server's memory) when this returns. */
  append(
    room: HomeserverRoom,
    event: Omit<HomeserverEvent, "event_id" | "origin_server_ts"> & Partial<HomeserverEvent>,
  ): HomeserverEvent {
    this.position += 1;
    const whole: HomeserverEvent = {
      origin_server_ts: Date.now(),
      ...event,
      event_id: event.event_id ?? `$${this.position.toString(36)}-${randomBytes(9).toString("base64url")}`,
    };
    const entry = { at: this.position, event: whole };
    room.events.push(entry);
    this.stream.push({ at: this.position, room });
    if (whole.state_key !== undefined) room.state.set(`${whole.type} ${whole.state_key}`, whole);
    for (const listener of this.#listeners) listener(room, whole);
    return whole;
  }

  /** `join`, `invite`, `leave`, or undefined for somebody who was never there. */
  membership(room: HomeserverRoom, user: string): string | undefined {
    const membership = room.state.get(`m.room.member ${user}`)?.content.membership;
    return typeof membership === "string" ? membership : undefined;
  }

  setMembership(
    room: HomeserverRoom,
    sender: string,
    user: string,
    membership: string,
    isDirect = false,
  ): void {
    this.append(room, {
      type: "m.room.member",
      sender,
      state_key: user,
      content: { membership, ...(isDirect ? { is_direct: true } : {}) },
    });
  }

  /** All of it as JSON, to go on from after a kill. */
  dump(): string {
    return JSON.stringify({
      users: [...this.users],
      devices: [...this.devices],
      aliases: [...this.aliases],
      transactions: [...this.transactions],
      rooms: [...this.rooms.values()].map(({ id, events }) => ({ id, events })),
      position: this.position,
    });
  }

  /** Takes over what `dump` gave. */
  restore(text: string): void {
    const saved = JSON.parse(text) as Dump; // our own file
    for (const user of saved.users) this.users.add(user);
    for (const device of saved.devices) this.devices.add(device);
    for (const [alias, room] of saved.aliases) this.aliases.set(alias, room);
    for (const [key, event] of saved.transactions) this.transactions.set(key, event);
    for (const { id, events } of saved.rooms) {
      const room: HomeserverRoom = { id, events, state: new Map() };
      this.rooms.set(id, room);
      for (const { at, event } of events) {
        this.stream.push({ at, room });
        if (event.state_key !== undefined) room.state.set(`${event.type} ${event.state_key}`, event);
      }
    }
    this.stream.sort((a, b) => a.at - b.at);
    this.position = saved.position;
  }
}

interface Dump {
  readonly users: string[];
  readonly devices: string[];
  readonly aliases: [string, string][];
  readonly transactions: [string, string][];
  readonly rooms: { readonly id: string; readonly events: { at: number; event: HomeserverEvent }[] }[];
  readonly position: number;
}
