import net from "node:net";
import { xml } from "@xmpp/client";
import type { Element } from "@xmpp/component";

/** What the next message with a text meets. */
export type Fault = "throttled" | "refused" | "lost" | "silent";

/** One stream of the component, with its other half at the server. */
interface Stream {
  readonly near: net.Socket;
  readonly far: net.Socket;
  /** The last message has got to its person: until then the component doesn't hear that it is done. */
  arrival: Promise<void>;
}

/** What stands between a component and its server: it counts, breaks, and answers in the server's place. */
export class Tap {
  readonly #server = net.createServer((near) => this.#open(near));
  readonly #to: number;
  readonly #arrived: (to: string, id: string | undefined) => Promise<void>;
  readonly #streams = new Set<Stream>();
  #port = 0;
  #fault: Fault | undefined;
  #swallow = 0;
  requests = 0;

  /** @param arrived resolves when a person has got the message of this id, or is there at all. */
  constructor(to: number, arrived: (to: string, id: string | undefined) => Promise<void>) {
    this.#to = to;
    this.#arrived = arrived;
  }

  async listen(): Promise<number> {
    this.#server.listen(this.#port, "127.0.0.1");
    await new Promise((resolve) => this.#server.once("listening", resolve));
    const address = this.#server.address();
    if (address !== null && typeof address !== "string") this.#port = address.port;
    return this.#port;
  }

  /** Not reachable any more, until `listen`. */
  async close(): Promise<void> {
    const over = new Promise((resolve) => this.#server.close(resolve));
    for (const stream of this.#streams) end(stream);
    await over;
  }

  fail(fault: Fault): void {
    this.#fault = fault;
  }

  #open(near: net.Socket): void {
    const far = net.connect(this.#to, "127.0.0.1");
    const stream: Stream = { near, far, arrival: Promise.resolve() };
    this.#streams.add(stream);
    for (const socket of [near, far]) {
      socket.on("error", () => end(stream));
      socket.on("close", () => {
        end(stream);
        this.#streams.delete(stream);
      });
    }
    far.on("data", (piece) => near.write(piece));
    const parser = new xml.Parser();
    parser.on("start", (head: Element) =>
      far.write(`<?xml version='1.0'?>${head.toString().replace(/\/>$/, ">")}`),
    );
    parser.on("element", (element: Element) => {
      this.#pass(element, stream);
    });
    parser.on("end", () => far.end("</stream:stream>"));
    near.setEncoding("utf8").on("data", (text: string) => parser.write(text));
  }

  #pass(element: Element, stream: Stream): void {
    const { id = "", to = "", from = "", type } = element.attrs;
    const isText = element.name === "message" && element.getChild("body") !== undefined;
    if (isText || (element.name === "presence" && id !== "")) this.requests += 1;
    if (element.name === "iq" && type === "result") {
      this.#swallow -= 1;
      if (this.#swallow < 0) void stream.arrival.then(() => stream.far.write(element.toString()));
      this.#swallow = Math.max(0, this.#swallow);
      return;
    }
    const fault = isText ? this.#fault : undefined;
    if (isText) this.#fault = undefined;
    if (fault === "throttled" || fault === "refused") {
      stream.near.write(`${errorTo({ id, to, from }, fault)}`);
      return;
    }
    if (fault === "silent") this.#swallow += 1;
    stream.far.write(element.toString());
    if (fault === "lost") {
      stream.far.end();
      stream.near.destroy();
    } else if (isText && type === "chat") stream.arrival = this.#arrived(to, id);
    else if (type === "subscribe") stream.arrival = this.#arrived(to, undefined);
  }
}

function errorTo(
  { id, to, from }: Readonly<Record<"id" | "to" | "from", string>>,
  fault: "throttled" | "refused",
) {
  const [type, condition] =
    fault === "throttled" ? ["wait", "resource-constraint"] : ["cancel", "not-acceptable"];
  const reason = xml(condition ?? "", { xmlns: "urn:ietf:params:xml:ns:xmpp-stanzas" });
  return xml("message", { type: "error", id, from: to, to: from }, xml("error", { type }, reason));
}

function end({ near, far }: Stream): void {
  near.destroy();
  far.destroy();
}
