import { registrationOf } from "../../../adapters/matrix/index.ts";
import { sensitive } from "../../../src/model/index.ts";
import { startSynapse } from "../../peers/synapse/index.ts";
import { startHomeserver } from "../../support/homeserver.ts";
import { type MatrixUser, matrixUser } from "../../support/matrix-user.ts";
import { pause, until } from "./wait.ts";

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
  /** Waits until each user has joined their room. */
  joined(ms: number): Promise<void>;
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
export async function synapseSide(appservice: Appservice, users: number): Promise<HomeserverSide> {
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
  const clients: MatrixUser[] = [];
  for (let user = 0; user < users; user += 1) {
    clients.push(await matrixUser({ url: synapse.url, name: `ana${user}` }));
  }
  const rooms: string[] = [];
  const client = (user: number): MatrixUser => {
    const found = clients[user];
    if (found === undefined) throw new RangeError("there is no such user");
    return found;
  };
  return {
    port: Number(new URL(synapse.url).port),
    get pid() {
      return synapse.pid;
    },
    joined: async (ms) => {
      for (const one of clients) {
        const room = await one.until(
          () => one.client.getRooms().find((each) => each.getMyMembership() === "join")?.roomId,
          ms,
        );
        rooms.push(room);
        one.stop(); // from here on it would only be told again what the timeline holds
      }
    },
    end: (signal) => synapse.kill(signal),
    begin: () => synapse.restart(),
    send: (user, txnId, body) =>
      putMessage(synapse.url, client(user).accessToken, rooms[user] ?? "", txnId, body),
    history: async (user) => client(user).history(rooms[user] ?? ""),
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
export async function loopbackHomeserverSide(appservice: Appservice, users: number): Promise<HomeserverSide> {
  const { port, asToken, hsToken } = appservice;
  const server = await startHomeserver({
    asToken,
    serverName: "localhost",
    appservice: { url: `http://127.0.0.1:${port}`, hsToken },
    bot: "@footbridge:localhost",
    ghostStart: "@_fb_",
  });
  let isThere = true;
  const rooms: string[] = [];
  const invited = (user: number): string | undefined =>
    [...server.state.rooms.values()].find((room) => server.state.membership(room, mxidOf(user)) === "invite")
      ?.id;
  return {
    port: server.port,
    pid: undefined,
    joined: async (ms) => {
      for (let user = 0; user < users; user += 1) {
        if (!(await until(() => invited(user) !== undefined, ms))) throw new Error("a user wasn't invited");
        rooms[user] = invited(user) ?? "";
        server.userJoins(rooms[user] ?? "", mxidOf(user));
      }
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
      server.userSends(rooms[user] ?? "", mxidOf(user), body);
    },
    history: async (user) => server.shown(rooms[user] ?? ""),
    stop: () => server.stop(),
  };
}
