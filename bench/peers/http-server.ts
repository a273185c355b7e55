// A minimal HTTP/1.1 server by hand. The bench shares two cores with what it measures: node:http costs 60 to 80 us a request
// (about a fifth of what the daemon spends on a whole message), this one a few. It takes what undici, node:http and the
// bench itself send: a request line, headers, a body with content-length. No chunked bodies, no pipelining.
import net from "node:net";

/** A request, with its body as text. */
export interface LeanRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  readonly body: string;
}

/** Answers with a status and a JSON text; may do so later. */
export type LeanHandler = (request: LeanRequest, reply: (status: number, json: string) => void) => void;

const HEAD_END = Buffer.from("\r\n\r\n");

/** Listens on 127.0.0.1 and a free port; gives the port. */
export function serveLean(handler: LeanHandler): Promise<number> {
  const server = net.createServer((socket) => {
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
    const reply = (status: number, json: string): void => {
      if (!socket.destroyed) socket.write(responseOf(status, json));
    };
    readRequests(socket, (request) => handler(request, reply));
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

function responseOf(status: number, json: string): string {
  const length = Buffer.byteLength(json);
  return `HTTP/1.1 ${status} X\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${json}`;
}

function readRequests(socket: net.Socket, take: (request: LeanRequest) => void): void {
  let rest: Buffer | undefined;
  socket.on("data", (piece: Buffer) => {
    let data = rest === undefined ? piece : Buffer.concat([rest, piece]);
    rest = undefined;
    for (;;) {
      const end = data.indexOf(HEAD_END);
      if (end < 0) break;
      const head = data.toString("latin1", 0, end);
      const bodyStart = end + HEAD_END.length;
      const bodyEnd = bodyStart + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      if (data.length < bodyEnd) break;
      const [method = "", target = ""] = head.slice(0, head.indexOf("\r\n")).split(" ", 2);
      take({ method, target, body: data.toString("utf8", bodyStart, bodyEnd) });
      data = data.subarray(bodyEnd);
    }
    if (data.length > 0) rest = data;
  });
}
