// Both networks and the load generator in one process beside the daemon and the forwarder: a homeserver, an SMSC, users who
// write and phones that text. One process, so that the load can be held at so many messages under way, and so that times of
// sending and arrival come from one clock; and the same one drives daemon and forwarder.
import type { HomeserverRoom } from "../../test/support/homeserver-state.ts";
import { type Direction, type Flood, NUMBER, type Ports, phoneOf, type Question, userOf } from "./calls.ts";
import { BenchHomeserver } from "./homeserver.ts";
import { LeanConnection } from "./http-client.ts";
import { BenchSmsc } from "./smsc.ts";

const FORWARDER_CONNECTIONS = 64;
const GIVEN_UP_AFTER_MS = 10_000;
/** What a text looks like: 100 characters, with the message's number in it. */
const TOKEN = /fb(\d+)!/;
const PADDING =
  "the quick brown fox jumps over the lazy dog and is on its way to the other side of the road ";

const homeserver = new BenchHomeserver();
const smsc = new BenchSmsc();
const rooms: HomeserverRoom[] = [];
/** The forwarder's: what it writes is none of the daemon's business. */
const strangeRooms: HomeserverRoom[] = [];
let conversations = 0;
let sent = 0;
/** Called when a message has arrived. */
let onArrival: (message: number) => void = () => undefined;

function arrived(text: string): void {
  const number = TOKEN.exec(text)?.[1];
  if (number !== undefined) onArrival(Number(number));
}

function sendOne(direction: Direction, conversation: number): number {
  const message = sent;
  sent += 1;
  const text = textOf(message);
  if (direction === "in") smsc.deliver(phoneOf(conversation), NUMBER, text);
  else homeserver.userSends(roomOf(conversation), userOf(conversation), text);
  return message;
}

function textOf(message: number): string {
  return `${PADDING}fb${message}!`;
}

function roomOf(conversation: number): HomeserverRoom {
  const room = rooms[conversation];
  if (room === undefined) throw new Error("a conversation has no room: open them first");
  return room;
}

async function listen(count: number): Promise<Ports> {
  conversations = count;
  homeserver.onMessage = arrived;
  smsc.onMessage = arrived;
  homeserver.onOther = ({ target, body }, reply) => {
    if (target === "/sms") arrived(body);
    reply(target === "/sms" ? 200 : 404, "{}");
  };
  const ports = { homeserver: await homeserver.listen(), smsc: await smsc.listen() };
  for (let each = 0; each < count; each++) strangeRooms.push(homeserver.makeStrangeRoom(userOf(each)));
  return ports;
}

async function connect(url: string, hsToken: string): Promise<void> {
  homeserver.connect({ url, hsToken });
  await until(() => smsc.isBound);
}

async function open(): Promise<number> {
  let count = 0;
  onArrival = () => {
    count += 1;
  };
  for (let each = 0; each < conversations; each++) sendOne("in", each);
  await until(() => count === conversations);
  for (const room of homeserver.state.rooms.values()) {
    for (let each = 0; each < conversations; each++) {
      const user = userOf(each);
      if (homeserver.state.membership(room, user) !== "invite") continue;
      homeserver.state.setMembership(room, user, user, "join");
      rooms[each] = room;
    }
  }
  return rooms.filter(Boolean).length;
}

/** Keeps `each` messages of every conversation under way for `ms`. */
function flood(direction: Direction, ms: number, each: number): Promise<Flood> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const conversationOf = new Map<number, number>();
    let count = 0;
    const send = (conversation: number): void => {
      conversationOf.set(sendOne(direction, conversation), conversation);
    };
    const late = setTimeout(
      () => reject(new Error(`${conversationOf.size} messages (${direction}) have not arrived`)),
      ms + GIVEN_UP_AFTER_MS,
    );
    onArrival = (message) => {
      const conversation = conversationOf.get(message);
      if (conversation === undefined) return; // it came twice
      conversationOf.delete(message);
      count += 1;
      const now = performance.now();
      if (now - began < ms) send(conversation);
      else if (conversationOf.size === 0) {
        clearTimeout(late);
        resolve({ count, ms: now - began });
      }
    };
    for (let i = 0; i < each * conversations; i++) send(i % conversations);
  });
}

/** Keeps one request under way on each connection to the forwarder for `ms`. */
function forward(direction: Direction, ms: number, port: number): Promise<Flood> {
  return new Promise((resolve) => {
    const connections = Array.from({ length: FORWARDER_CONNECTIONS }, () => new LeanConnection(port));
    const began = performance.now();
    let [count, open] = [0, connections.length];
    onArrival = () => {
      count += 1;
    };
    const next = (connection: LeanConnection): void => {
      if (performance.now() - began < ms) {
        connection.send(...requestOf(direction), () => next(connection));
        return;
      }
      connection.close();
      open -= 1;
      if (open === 0) resolve({ count, ms: performance.now() - began });
    };
    for (const connection of connections) next(connection);
  });
}

function requestOf(direction: Direction): [method: string, target: string, json: string] {
  const conversation = sent % conversations;
  const text = textOf(sent);
  sent += 1;
  if (direction === "out") return ["PUT", "/out", JSON.stringify({ to: phoneOf(conversation), text })];
  const room = strangeRooms[conversation]?.id;
  const json = { room, user: userOf(conversation), txn: `f${sent}`, text };
  return ["POST", "/in", JSON.stringify(json)];
}

/** Sends at a steady rate, whatever arrives; the times in ms from sending to arrival. */
async function pace(rate: number, ms: number): Promise<readonly number[]> {
  const began = new Map<number, number>();
  const times: number[] = [];
  onArrival = (message) => {
    const at = began.get(message);
    if (at !== undefined) times.push(performance.now() - at);
    began.delete(message);
  };
  const start = performance.now();
  const total = Math.round((rate * ms) / 1_000);
  for (let i = 0; i < total; i++) {
    const wait = start + (i * 1_000) / rate - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const now = performance.now();
    began.set(sendOne(i % 2 === 0 ? "in" : "out", (i >> 1) % conversations), now);
  }
  await until(() => began.size === 0);
  return times;
}

async function until(reached: () => boolean): Promise<void> {
  for (const end = performance.now() + GIVEN_UP_AFTER_MS; !reached(); ) {
    if (performance.now() > end) throw new Error("the daemon didn't do in time what the bench waits for");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function reply(question: Question): Promise<unknown> {
  switch (question.do) {
    case "listen":
      return listen(question.conversations);
    case "connect":
      return connect(question.url, question.hsToken);
    case "open":
      return open();
    case "flood":
      return flood(question.direction, question.ms, question.each);
    case "forward":
      return forward(question.direction, question.ms, question.port);
    case "pace":
      return pace(question.rate, question.ms);
  }
}

if (process.send !== undefined) {
  process.on("message", (question: Question) => {
    reply(question).then(
      (answer) => process.send?.({ answer: answer ?? null }),
      (error: unknown) => process.send?.({ error: String(error) }),
    );
  });
  process.on("disconnect", () => process.exit(0));
}
