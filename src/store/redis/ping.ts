import { connect } from "node:net";
import type { Milliseconds } from "../../model/time.ts";

/** What a server on a unix socket says to one command; undefined when there is none, or it says nothing in time. */
export function ask(
  path: string,
  command: "PING" | "SHUTDOWN",
  timeout: Milliseconds,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const done = (answer: string | undefined): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeout, () => done(undefined));
    socket.on("error", () => done(undefined));
    socket.on("close", () => done(undefined));
    socket.on("data", (data) => done(data.toString("latin1").trimEnd()));
    // The inline form of the protocol.
    socket.write(`${command}\r\n`);
  });
}
