import { Preset } from "matrix-js-sdk";
import { registrationOf } from "../../../adapters/matrix/index.ts";
import { sensitive } from "../../../src/model/index.ts";
import { startSynapse } from "../../peers/synapse/index.ts";
import { startHomeserver } from "../../support/homeserver.ts";
import { type MatrixUser, matrixUser } from "../../support/matrix-user.ts";
import { pause, until } from "./wait.ts";

const BOT = "@footbridge:localhost";

/** A message as a room's timeline has it. */
export interface Shown {
  readonly sender: string;
  readonly body: string;
}

/** The homeserver and its users, as a scenario drives them. */
export interface HomeserverSide {
  readonly port: number;
  /** Of its process; undefined where it runs in this one. */
  readonly pid: number | undefined;
  /** Waits until each of these users has joined the room of their conversation. */
  joined(users: readonly number[], ms: number): Promise<void>;
  /** A user begins a chat with the bridge and says something there. */
  ask(user: number, text: string): Promise<void>;
  /** Ends it and waits until it is gone; what it said is done is kept. */
  end(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
  begin(): Promise<void>;
  /** One try of a user's to send to their room. @throws Error when no 200 came. */
  send(user: number, txnId: string, body: string): Promise<void>;
  /** All messages of a user's room, oldest first. */
  history(user: number): Promise<readonly Shown[]>;
  stop(): Promise<void>;
}

/** What the bridge is to the homeserver. */
export interface Appservice {
  readonly port: number;
  readonly asToken: string;
  readonly hsToken: string;
}

/** The MXID of a scenario's user. */
export function mxidOf(user: number): string {
  return `@ana${user}:localhost`;
}

/** A real Synapse; its users are real clients when they come in and when they look at the end. */
export async function synapseSide(appservice: Appservice, users: readonly number[]): Promise<HomeserverSide> {
  const registration = registrationOf({
    homeserver: { url: "http://127.0.0.1:1", name: "localhost" },
    bot: "footbridge",
    ghostPrefix: "_fb_",
    appservice: {
      id: "footbridge",
      bind: "127.0.0.1",
      port: appservice.port,
      asToken: sensitive(appservice.asToken),
      hsToken: sensitive(appservice.hsToken),
    },
  });
  const synapse = await startSynapse({ registration });
  const clients = new Map<number, MatrixUser>();
  for (const user of users) clients.set(user, await matrixUser({ url: synapse.url, name: `ana${user}` }));
  const rooms = new Map<number, string>();
  const desks = new Set<string>();
  const client = (user: number): MatrixUser => {
    const found = clients.get(user);
    if (found === undefined) throw new RangeError("there is no such user");
    return found;
  };
  return {
    port: Number(new URL(synapse.url).port),
    get pid() {
      return synapse.pid;
    },
    joined: async (those, ms) => {
      for (const user of those) {
        const one = client(user);
        // The homeserver is asked: after a join its next answer may have the invite again, and the client believes it.
        const joined = async (): Promise<boolean> => {
          const { joined_rooms: all } = await one.client.getJoinedRooms();
          const room = all.find((each) => !desks.has(each));
          if (room !== undefined) rooms.set(user, room);
          return room !== undefined;
        };
        if (!(await until(joined, ms))) throw new Error("a user isn't in the room of their conversation");
        one.stop(); // from here on it would only be told again what the timeline holds
      }
    },
    ask: async (user, text) => {
      const one = client(user);
      const { room_id: desk } = await one.client.createRoom({
        preset: Preset.PrivateChat,
        is_direct: true,
        invite: [BOT],
      });
      desks.add(desk);
      await one.until(() => one.client.getRoom(desk)?.getMember(BOT)?.membership === "join", 30_000);
      await one.sendText(desk, text);
    },
    end: (signal) => synapse.kill(signal),
    begin: () => synapse.restart(),
    send: (user, txnId, body) =>
      putMessage(synapse.url, client(user).accessToken, rooms.get(user) ?? "", txnId, body),
    history: async (user) => client(user).history(rooms.get(user) ?? ""),
    stop: () => synapse.stop(),
  };
}

/** One request, so that whether a try was answered is known for each. */
async function putMessage(
  url: string,
  accessToken: string,
  room: string,
  txnId: string,
  body: string,
): Promise<void> {
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/send/m.room.message/${txnId}`;
  const response = await fetch(url + path, {
    method: "PUT",
    headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json" },
    body: JSON.stringify({ msgtype: "m.text", body }),
    signal: AbortSignal.timeout(15_000),
  });
  await response.json();
  if (!response.ok) throw new Error(`the homeserver answered ${response.status}`);
}

/** The loopback homeserver, in this process: ending it is an absence that forgets nothing. */
export async function loopbackHomeserverSide(appservice: Appservice): Promise<HomeserverSide> {
  const { port, asToken, hsToken } = appservice;
  const server = await startHomeserver({
    asToken,
    serverName: "localhost",
    appservice: { url: `http://127.0.0.1:${port}`, hsToken },
    bot: BOT,
    ghostStart: "@_fb_",
  });
  let isThere = true;
  const rooms = new Map<number, string>();
  const invited = (user: number): string | undefined =>
    [...server.state.rooms.values()].find((room) => server.state.membership(room, mxidOf(user)) === "invite")
      ?.id;
  return {
    port: server.port,
    pid: undefined,
    joined: async (those, ms) => {
      for (const user of those) {
        if (!(await until(() => invited(user) !== undefined, ms))) throw new Error("a user wasn't invited");
        const room = invited(user) ?? "";
        rooms.set(user, room);
        server.userJoins(room, mxidOf(user));
      }
    },
    ask: async (user, text) => {
      const desk = server.userCreatesRoom(mxidOf(user), BOT);
      server.userSends(desk, mxidOf(user), text);
    },
    end: async () => {
      isThere = false;
      await server.outage();
    },
    begin: async () => {
      await server.resume();
      isThere = true;
    },
    send: async (user, _txnId, body) => {
      await pause(1);
      if (!isThere) throw new Error("the homeserver is away");
      server.userSends(rooms.get(user) ?? "", mxidOf(user), body);
    },
    history: async (user) => server.shown(rooms.get(user) ?? ""),
    stop: () => server.stop(),
  };
}
