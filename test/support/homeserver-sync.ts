import type { HomeserverRoom, HomeserverState } from "./homeserver-state.ts";

/** What of a filter this server heeds. */
interface Filter {
  readonly room?: { readonly timeline?: { readonly limit?: number } };
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
  const rooms = since === undefined ? new Set(state.rooms.values()) : roomsSince(state, since);
  const join: Record<string, object> = {};
  const leave: Record<string, object> = {};
  const invite: Record<string, object> = {};
  for (const room of rooms) {
    const membership = state.membership(room, user);
    const news = { timeline: timelineOf(room, since ?? 0, limit, since === undefined) };
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

function timelineOf(room: HomeserverRoom, since: number, limit: number, isInitial: boolean): object {
  const first = firstAfter(room, since);
  const from = Math.max(first, room.events.length - limit);
  const news = room.events.slice(from);
  const isLimited = from > first || (isInitial && from > 0);
  const prevBatch = tokenOf((news[0]?.at ?? room.events.at(-1)?.at ?? 0) - (news.length > 0 ? 1 : 0));
  return { events: news.map(({ at: _, event }) => event), limited: isLimited, prev_batch: prevBatch };
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
