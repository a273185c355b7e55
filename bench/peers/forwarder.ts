// F: a bare forwarder in a process of its own. An HTTP request in, one PUT or POST out over kept-alive connections, nothing
// stored; the request is answered when the other side has answered. It is what a bridge costs in Node before it promises
// anything. Its two ways: POST /in {room,user,txn,text} -> PUT /send/...; PUT /out {to,text} -> POST /sms.
// `node forwarder.ts PORT`: PORT is the networks'. Sends {port} to its parent.
import { createServer, type IncomingMessage } from "node:http";
import { Pool } from "undici";

const pool = new Pool(`http://127.0.0.1:${process.argv[2]}`, { connections: 64, pipelining: 1 });

interface Inbound {
  readonly room: string;
  readonly user: string;
  readonly txn: string;
  readonly text: string;
}

async function forward(target: string, body: string): Promise<void> {
  if (target === "/in") {
    const { room, user, txn, text } = JSON.parse(body) as Inbound; // from the bench
    const send = `rooms/${encodeURIComponent(room)}/send/m.room.message/${txn}`;
    const path = `/_matrix/client/v3/${send}?user_id=${encodeURIComponent(user)}`;
    await request("PUT", path, { msgtype: "m.text", body: text });
  } else {
    const { to, text } = JSON.parse(body) as { to: string; text: string }; // from the bench
    await request("POST", "/sms", { to, text });
  }
}

async function request(method: "PUT" | "POST", path: string, json: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const answer = await pool.request({ method, path, headers, body: JSON.stringify(json) });
  await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`the forwarder was answered ${answer.statusCode}`);
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer); // no encoding is set
  return Buffer.concat(chunks).toString();
}

const server = createServer((incoming, response) => {
  void bodyOf(incoming)
    .then((body) => forward(incoming.url ?? "", body))
    .then(() => response.writeHead(200, { "content-length": 2 }).end("{}"));
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) process.send?.({ port: address.port });
});
process.on("disconnect", () => process.exit(0));
