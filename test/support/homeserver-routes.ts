import type { HomeserverRoom, HomeserverState } from "./homeserver-state.ts";
import { messagesAnswer, positionOf, syncAnswer } from "./homeserver-sync.ts";

/** A request as the routes see it. */
export interface Call {
  readonly method: string;
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  /** Whom the request speaks for. */
  readonly user: string;
  readonly device: string | undefined;
}

/** An answer: status and JSON. */
export interface Reply {
  readonly status: number;
  readonly json: object;
}

const ok = (json: object = {}): Reply => ({ status: 200, json });

/** An error as the specification has it. */
export function refusal(status: number, errcode: string, error = "refused", more: object = {}): Reply {
  return { status, json: { errcode, error, ...more } };
}

const NOT_THERE = refusal(404, "M_NOT_FOUND", "not found");
const NOT_IN_ROOM = refusal(403, "M_FORBIDDEN", "User not in room");

/** Answers all calls but `/sync`, `/register` and ping, which wait or need more than the state. */
export function answer(state: HomeserverState, call: Call): Reply {
  const [head = "", a = "", b = "", c = "", d = ""] = call.path;
  switch (`${call.method} ${head}`) {
    case "PUT devices":
      return putDevice(state, call.user, a);
    case "PUT profile":
    case "GET account":
      return ok({ user_id: call.user });
    case "POST createRoom":
      return createRoom(state, call);
    case "POST join":
      return joined(state, call.user, a);
    case "GET directory":
      return state.aliases.has(b)
        ? ok({ room_id: state.aliases.get(b), servers: [state.serverName] })
        : NOT_THERE;
    case "DELETE directory":
      return state.aliases.delete(b) ? ok() : NOT_THERE;
    default:
      break;
  }
  const room = head === "rooms" ? state.room(a) : undefined;
  if (head !== "rooms") return refusal(404, "M_UNRECOGNIZED", "unrecognised");
  if (room === undefined) return refusal(403, "M_FORBIDDEN", "unknown room");
  return roomAnswer(state, call, room, b, c, d);
}

function putDevice(state: HomeserverState, user: string, device: string): Reply {
  const key = `${user} ${device}`;
  const isThere = state.devices.has(key);
  state.devices.add(key);
  return { status: isThere ? 200 : 201, json: {} };
}

function roomAnswer(
  state: HomeserverState,
  call: Call,
  room: HomeserverRoom,
  what: string,
  type: string,
  key: string,
): Reply {
  const membership = state.membership(room, call.user);
  const isIn = (user: string): boolean => state.membership(room, user) === "join";
  if (what === "join") return joined(state, call.user, room.id);
  if (what === "leave") {
    if (membership !== "join" && membership !== "invite") return NOT_IN_ROOM;
    state.setMembership(room, call.user, call.user, "leave");
    return ok();
  }
  if (membership !== "join") return NOT_IN_ROOM;
  switch (`${call.method} ${what}`) {
    case "PUT send":
      return sent(state, call, room, type, key);
    case "PUT redact":
      return sent(state, { ...call, body: { ...call.body, redacts: type } }, room, "m.room.redaction", key);
    case "PUT typing":
    case "POST receipt":
      return ok();
    case "PUT state": {
      const event = { type, sender: call.user, state_key: key, content: call.body };
      return ok({ event_id: state.append(room, event).event_id });
    }
    case "GET joined_members": {
      const members = [...room.state.values()].filter(({ type }) => type === "m.room.member");
      const users = members.flatMap(({ state_key }) => state_key ?? []).filter(isIn);
      return ok({ joined: Object.fromEntries(users.map((user) => [user, {}])) });
    }
    case "GET state": {
      if (type === "") return { status: 200, json: [...room.state.values()] };
      const event = room.state.get(`${type} ${key}`);
      return event === undefined ? NOT_THERE : ok(event.content);
    }
    case "POST invite":
      return invited(state, call, room);
    case "GET messages": {
      const { query } = call;
      const to = positionOf(query.get("to") ?? undefined) ?? 0;
      const from = positionOf(query.get("from") ?? undefined);
      return ok(messagesAnswer(room, from, to, Number(query.get("limit") ?? 10)));
    }
    default:
      return refusal(404, "M_UNRECOGNIZED", "unrecognised");
  }
}

function joined(state: HomeserverState, user: string, idOrAlias: string): Reply {
  const room = state.room(state.aliases.get(idOrAlias) ?? idOrAlias);
  if (room === undefined) return refusal(403, "M_FORBIDDEN", "unknown room");
  const membership = state.membership(room, user);
  if (membership === "invite") state.setMembership(room, user, user, "join");
  else if (membership !== "join") return refusal(403, "M_FORBIDDEN", "You are not invited to this room.");
  return ok({ room_id: room.id });
}

function invited(state: HomeserverState, call: Call, room: HomeserverRoom): Reply {
  const target = String(call.body.user_id);
  if (state.membership(room, target) === "join") return refusal(403, "M_FORBIDDEN", "already in the room");
  state.setMembership(room, call.user, target, "invite");
  return ok();
}

/** Dedupe as in Synapse: by path for the whole appservice, and by user and device where one is named. */
function sent(state: HomeserverState, call: Call, room: HomeserverRoom, type: string, txnId: string): Reply {
  if (call.device !== undefined && !state.devices.has(`${call.user} ${call.device}`)) {
    return refusal(400, "M_UNKNOWN_DEVICE", "Application service trying to use a device that doesn't exist");
  }
  const size = JSON.stringify(call.body).length;
  if (size > 65_536) return refusal(413, "M_TOO_LARGE", "event too large");
  const key = `${room.id} ${type} ${txnId}`;
  const before = state.transactions.get(key);
  if (before !== undefined) return ok({ event_id: before });
  const { redacts, ...rest } = call.body;
  const isRedaction = type === "m.room.redaction" && typeof redacts === "string";
  const ts = call.query.get("ts");
  const event = state.append(room, {
    type,
    sender: call.user,
    content: call.body,
    ...(ts === null ? {} : { origin_server_ts: Number(ts) }),
    ...(isRedaction ? { redacts, content: { ...rest, redacts } } : {}),
  });
  state.transactions.set(key, event.event_id);
  return ok({ event_id: event.event_id });
}

function createRoom(state: HomeserverState, call: Call): Reply {
  const { body, user } = call;
  if (Number.isNaN(Number(body.room_version ?? 12))) {
    return refusal(400, "M_UNSUPPORTED_ROOM_VERSION", "Your homeserver does not support this room version");
  }
  const local = typeof body.room_alias_name === "string" ? body.room_alias_name : undefined;
  const alias = local === undefined ? undefined : `#${local}:${state.serverName}`;
  if (alias !== undefined && state.aliases.has(alias)) {
    return refusal(400, "M_ROOM_IN_USE", "Room alias already taken");
  }
  const room = state.makeRoom();
  if (alias !== undefined) state.aliases.set(alias, room.id);
  const put = (type: string, content: object, stateKey = ""): void => {
    state.append(room, { type, sender: user, state_key: stateKey, content: { ...content } });
  };
  put("m.room.create", { room_version: "12" });
  state.setMembership(room, user, user, "join");
  put("m.room.power_levels", { users: {}, users_default: 0, events_default: 0, state_default: 50 });
  put("m.room.join_rules", { join_rule: "invite" });
  put("m.room.history_visibility", { history_visibility: "shared" });
  for (const event of listOf(body.initial_state)) {
    put(String(event.type), event.content as object, String(event.state_key ?? "")); // a client's own state
  }
  if (typeof body.name === "string") put("m.room.name", { name: body.name });
  for (const target of Array.isArray(body.invite) ? body.invite : []) {
    state.setMembership(room, user, String(target), "invite", body.is_direct === true);
  }
  return ok({ room_id: room.id });
}

function listOf(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value : [];
}

/** An answer of `/sync`, or undefined when the caller has to wait. */
export function syncReply(state: HomeserverState, call: Call): Reply | undefined {
  const since = call.query.get("since") ?? undefined;
  const json = syncAnswer(state, call.user, positionOf(since), call.query.get("filter") ?? undefined);
  return json === undefined ? undefined : ok(json);
}
