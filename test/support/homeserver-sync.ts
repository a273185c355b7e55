import type { HomeserverEvent, HomeserverRoom, HomeserverState } from "./homeserver-state.ts";

/** What of a filter this server heeds. */
interface Filter {
  readonly room?: {
    readonly timeline?: { readonly limit?: number };
    readonly state?: { readonly types?: readonly string[] };
  };
}

/** The tokens of this server: `s` and a position. */
export function tokenOf(position: number): string {
  return `s${position}`;
}

/** The position of a token, or undefined for one that isn't ours. */
export function positionOf(token: string | undefined): number | undefined {
  const found = /^s(\d+)$/.exec(token ?? "")?.[1];
  return found === undefined ? undefined : Number(found);
}

/** An answer of `/sync` for a user, or undefined when there is nothing since. */
export function syncAnswer(
  state: HomeserverState,
  user: string,
  since: number | undefined,
  filterText: string | undefined,
): object | undefined {
  const filter = filterText === undefined ? {} : (JSON.parse(filterText) as Filter); // a client's own
  const limit = filter.room?.timeline?.limit ?? 10;
  const types = filter.room?.state?.types;
  const rooms = since === undefined ? new Set(state.rooms.values()) : roomsSince(state, since);
  const join: Record<string, object> = {};
  const leave: Record<string, object> = {};
  const invite: Record<string, object> = {};
  for (const room of rooms) {
    const membership = state.membership(room, user);
    // A room that the user came into since then is shown as at a first sync: its newest events, and its state before them.
    const isEntered =
      since !== undefined && membership === "join" && membershipAt(room, user, since) !== "join";
    const from = isEntered ? 0 : (since ?? 0);
    const timeline = timelineOf(room, from, limit, isEntered);
    const news = { timeline, state: { events: stateBefore(room, timeline, from, types) } };
    if (membership === "join") join[room.id] = news;
    else if (membership === "leave" && since !== undefined) leave[room.id] = news;
    else if (membership === "invite")
      invite[room.id] = { invite_state: { events: [...room.state.values()] } };
  }
  const isEmpty = [join, leave, invite].every((part) => Object.keys(part).length === 0);
  if (isEmpty && since !== undefined) return undefined;
  return { next_batch: tokenOf(state.position), rooms: { join, leave, invite } };
}

function roomsSince(state: HomeserverState, since: number): Set<HomeserverRoom> {
  const rooms = new Set<HomeserverRoom>();
  for (let at = state.stream.length - 1; at >= 0; at--) {
    const entry = state.stream[at];
    if (entry === undefined || entry.at <= since) break;
    rooms.add(entry.room);
  }
  return rooms;
}

interface Timeline {
  readonly events: readonly HomeserverEvent[];
  readonly limited: boolean;
  readonly prev_batch: string;
}

function timelineOf(room: HomeserverRoom, since: number, limit: number, isEntered: boolean): Timeline {
  const first = firstAfter(room, since);
  const from = Math.max(first, room.events.length - limit);
  const news = room.events.slice(from);
  const isLimited = from > first || isEntered;
  const prevBatch = tokenOf((news[0]?.at ?? room.events.at(-1)?.at ?? 0) - (news.length > 0 ? 1 : 0));
  return { events: news.map(({ at: _, event }) => event), limited: isLimited, prev_batch: prevBatch };
}

/** What a gap before a timeline changed in the room's state, of the types that are asked for: nothing where there is none. */
function stateBefore(
  room: HomeserverRoom,
  { events: [next], limited }: Timeline,
  since: number,
  types: readonly string[] | undefined,
): readonly HomeserverEvent[] {
  if (!limited) return [];
  const end = next === undefined ? room.events.length : room.events.findIndex(({ event }) => event === next);
  const changed = new Map<string, HomeserverEvent>();
  for (const { event } of room.events.slice(firstAfter(room, since), end)) {
    const isWanted = types === undefined || types.includes(event.type);
    if (event.state_key !== undefined && isWanted) changed.set(`${event.type} ${event.state_key}`, event);
  }
  return [...changed.values()];
}

/** A user's membership as it was at a position. */
function membershipAt(room: HomeserverRoom, user: string, position: number): unknown {
  const before = room.events.slice(0, firstAfter(room, position));
  const last = before.findLast(({ event }) => event.type === "m.room.member" && event.state_key === user);
  return last?.event.content.membership;
}

/** The index of a room's first event after a position. */
function firstAfter(room: HomeserverRoom, position: number): number {
  let low = 0;
  let high = room.events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((room.events[middle]?.at ?? 0) > position) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** An answer of `/messages?dir=b`. */
export function messagesAnswer(
  room: HomeserverRoom,
  from: number | undefined,
  to: number,
  limit: number,
): object {
  const end = from === undefined ? room.events.length : firstAfter(room, from);
  const start = Math.max(firstAfter(room, to), end - limit);
  const chunk = room.events
    .slice(start, end)
    .map(({ event }) => event)
    .reverse();
  const first = room.events[start];
  const isMore = start > firstAfter(room, to) && first !== undefined;
  return {
    chunk,
    start: tokenOf(from ?? room.events.at(-1)?.at ?? 0),
    ...(isMore ? { end: tokenOf(first.at - 1) } : {}),
  };
}
