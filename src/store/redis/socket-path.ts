import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import { EmbeddedRedisFailed } from "./errors.ts";

/** A way to a unix socket in a folder. */
export interface SocketPath {
  readonly path: string;
  close(): void;
}

/** `sun_path` has 108 octets on Linux and 104 elsewhere, its final zero included (unix(7)). */
const LONGEST = process.platform === "linux" ? 107 : 103;

/**
 * The path to connect to. A folder with a long name is reached through /proc, by an open descriptor of ours; where there is
 * no /proc it is refused.
 */
export function openSocketPath(folder: string, name: string): SocketPath {
  const direct = join(folder, name);
  if (Buffer.byteLength(direct) <= LONGEST) return { path: direct, close: () => undefined };
  if (process.platform !== "linux") {
    throw new EmbeddedRedisFailed(
      `the path of the state folder has ${Buffer.byteLength(folder)} octets, expected at most ${LONGEST - name.length - 1}: choose a shorter one`,
    );
  }
  const fd = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  return { path: `/proc/${process.pid}/fd/${fd}/${name}`, close: () => closeSync(fd) };
}
