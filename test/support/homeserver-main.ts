// A loopback homeserver in a process of its own: `node homeserver-main.ts '<HomeserverOptions as JSON>'`.
// Prints {"ready":true,"url","port"} as one line, then answers JSON lines on stdin, one line each, in order:
//   {"id":1,"do":"userSends","args":["!room","@user:localhost","text"]} -> {"id":1,"result":"$event"}
// `do` is one of the names below. It ends with stdin, or on {"do":"stop"}.
import { createInterface } from "node:readline";
import { type HomeserverOptions, startHomeserver } from "./homeserver.ts";

const options = JSON.parse(process.argv[2] ?? "{}") as HomeserverOptions; // given by the test
const server = await startHomeserver(options);
const say = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

/** The room of an alias, the newest one with a name, its members. */
function roomOf(alias: string): string | undefined {
  return server.state.aliases.get(alias);
}

const COMMANDS: Readonly<Record<string, (...args: never[]) => unknown>> = {
  userCreatesRoom: (user: string, invite: string) => server.userCreatesRoom(user, invite),
  userSends: (room: string, user: string, text: string) => server.userSends(room, user, text),
  userSendsMany: (room: string, user: string, texts: readonly string[]) =>
    texts.map((text) => server.userSends(room, user, text)),
  userJoins: (room: string, user: string) => server.userJoins(room, user),
  userLeaves: (room: string, user: string) => server.userLeaves(room, user),
  typing: (room: string, users: readonly string[]) => server.typing(room, users),
  receipt: (room: string, user: string, event: string) => server.receipt(room, user, event),
  shown: (room: string) => server.shown(room),
  /** How many messages all rooms show. */
  count: () => {
    let count = 0;
    for (const room of server.state.rooms.keys()) count += server.shown(room).length;
    return count;
  },
  /** The rooms in which a user is or is invited: id, name and membership. */
  roomsOf: (user: string) =>
    [...server.state.rooms.values()]
      .filter((room) => ["join", "invite"].includes(server.state.membership(room, user) ?? ""))
      .map((room) => ({
        room: room.id,
        name: room.state.get("m.room.name ")?.content.name,
        membership: server.state.membership(room, user),
      })),
  roomOf,
  outage: () => server.outage(),
  resume: () => server.resume(),
  calls: () => Object.fromEntries(server.calls),
  stop: async () => {
    await server.stop();
    setImmediate(() => process.exit(0));
  },
};

interface Command {
  readonly id?: number;
  readonly do: string;
  readonly args?: readonly unknown[];
}

async function carryOut(line: string): Promise<void> {
  const command = JSON.parse(line) as Command; // a test's own
  const run = COMMANDS[command.do];
  try {
    if (run === undefined) throw new Error(`there is no command ${command.do}`);
    const result = await run(...((command.args ?? []) as never[])); // each command names its own
    say({ id: command.id, result: result ?? null });
  } catch (error) {
    say({ id: command.id, error: error instanceof Error ? error.message : String(error) });
  }
}

say({ ready: true, url: server.url, port: server.port });
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() !== "") await carryOut(line);
}
await server.stop();
process.exit(0);
