// A container without an engine: what `docker run --read-only --cap-drop ALL --security-opt no-new-privileges` does, by
// namespaces, bind mounts and setpriv. The network is this machine's, so that loopback servers are reached.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { promisify } from "node:util";
import type { ImageConfig } from "./buildah.ts";

const run = promisify(execFile);
const START_LIMIT = 30_000;

/** What a container is made of. */
interface ContainerOptions {
  /** Where the image's files are mounted on this machine. */
  readonly root: string;
  readonly image: ImageConfig;
  /** Folders of this machine, by where the container sees them. */
  readonly volumes: Readonly<Record<string, string>>;
  readonly readOnly: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

// $1 the root, then pairs of folders: from, to, "rw" or "ro"; then "--" and what is to run in it. Only these and /proc and a few
// devices are seen; the tree itself is read-only.
const SETUP = `set -eu
root=$1; shift
mount --bind "$root" "$root"
while [ "$1" != -- ]; do
  mount --bind "$1" "$root$2"; [ "$3" = rw ] || mount -o remount,ro,bind "$root$2"; shift 3
done
shift
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom; do : >"$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; done
ln -s /proc/self/fd "$root/dev/fd"
mount -o remount,ro "$root/dev"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -o remount,ro,bind "$root"
exec chroot "$root" "$@"`;

/** A container at work. */
export class Container {
  /** From the start to the daemon's ready line, in ms. */
  readyMs = 0;
  readonly #options: ContainerOptions;
  readonly #outer: ChildProcess;
  #output = "";

  private constructor(options: ContainerOptions) {
    this.#options = options;
    const { root, volumes, readOnly, image } = options;
    const mounts = [
      ...Object.entries(volumes).flatMap(([at, folder]) => [folder, at, "rw"]),
      ...Object.entries(readOnly).flatMap(([at, folder]) => [folder, at, "ro"]),
    ];
    const namespaces = ["--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child"];
    const inside = this.#inside([...image.Entrypoint, ...image.Cmd]);
    this.#outer = spawn(
      "unshare",
      [...namespaces, "sh", "-c", SETUP, "sh", root, ...mounts, "--", ...inside],
      {
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    for (const stream of [this.#outer.stdout, this.#outer.stderr])
      stream?.on("data", (chunk: Buffer) => {
        this.#output += chunk.toString();
      });
  }

  /** Starts it with the image's own entrypoint and command, and waits until the daemon is ready. */
  static async start(options: ContainerOptions): Promise<Container> {
    const began = performance.now();
    const container = new Container(options);
    const until = began + START_LIMIT;
    while (!container.output().includes('"event":"daemon.ready"')) {
      const ended = container.#outer.exitCode !== null || container.#outer.signalCode !== null;
      if (ended || performance.now() > until) {
        container.kill();
        throw new Error(`the container didn't become ready:\n${container.output()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    container.readyMs = performance.now() - began;
    return container;
  }

  /** All that it printed so far. */
  output(): string {
    return this.#output;
  }

  /** Runs a command in it, as `docker exec` does. Gives its exit code and what it printed. */
  async exec(...command: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
    const enter = ["--target", String(this.#init()), "--mount", "--pid", "--ipc", "--uts"];
    const args = [...enter, "chroot", this.#options.root, ...this.#inside(command)];
    return run("nsenter", args).then(
      ({ stdout, stderr }) => ({ code: 0, output: `${stdout}${stderr}` }),
      (error: { code?: unknown; stdout?: string; stderr?: string }) => ({
        code: typeof error.code === "number" ? error.code : -1,
        output: `${error.stdout}${error.stderr}`,
      }),
    );
  }

  /** Its processes: the id on this machine, the program's name, and the memory that is its own or shared, in MB. */
  processes(): { readonly pid: number; readonly name: string; readonly rss: number }[] {
    const found: { pid: number; name: string; rss: number }[] = [];
    const look = (pid: number): void => {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      const [program = ""] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split(/[\0 ]/);
      const kilobytes = /^VmRSS:\s*(\d+)/m.exec(status)?.[1];
      found.push({ pid, name: basename(program), rss: Number(kilobytes) / 1_000 });
      for (const child of childrenOf(pid)) look(child);
    };
    look(this.#init());
    return found;
  }

  /** Stops it as an engine does; gives its exit code. */
  async stop(): Promise<number | null> {
    const gone = once(this.#outer, "exit");
    process.kill(this.#init(), "SIGTERM");
    const [code] = (await gone) as [number | null];
    return code;
  }

  /** Ends it at once, if it runs. */
  kill(): void {
    if (this.#outer.exitCode !== null || this.#outer.signalCode !== null) return;
    // Its process 1 doesn't end with the outer one: what unshare asked for is forgotten when setpriv changes the user.
    for (const pid of childrenOf(this.#outer.pid ?? 0)) process.kill(pid, "SIGKILL");
    this.#outer.kill("SIGKILL");
  }

  /** The container's process 1, by its id on this machine. */
  #init(): number {
    const [child] = childrenOf(this.#outer.pid ?? 0);
    if (child === undefined) throw new Error(`the container has ended:\n${this.output()}`);
    return child;
  }

  /** A command as the image's user, without any capability and any way to one, in the image's environment. */
  #inside(command: readonly string[]): string[] {
    const { image, env = {} } = this.#options;
    const [uid = "", gid = ""] = image.User.split(":");
    const user = ["--reuid", uid, "--regid", gid, "--clear-groups"];
    const rights = ["--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"];
    const variables = [...image.Env, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
    const folder = ["sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", image.WorkingDir];
    return ["setpriv", ...user, ...rights, "env", "-i", ...variables, ...folder, ...command];
  }
}

function childrenOf(pid: number): number[] {
  const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return listed.split(" ").flatMap((each) => (each.trim() === "" ? [] : [Number(each)]));
}
