import { type ChildProcess, spawn } from "node:child_process";
import type { Clock, Milliseconds } from "../../model/time.ts";
import { EmbeddedRedisFailed } from "./errors.ts";
import { ask } from "./ping.ts";
import { childEnvironment, findProgram, run } from "./programs.ts";

/**
 * How a server is made to end with us. `death-signal`: Linux sends it SIGTERM when its parent dies. `pipe`: a shell waits
 * for the end of its standard input, which we hold open, and then ends the server.
 */
export type Guard = "death-signal" | "pipe";

export interface ServerPlan {
  readonly binary: string;
  readonly folder: string;
  readonly arguments: readonly string[];
  readonly guard: Guard;
  /** Inherited, never used: keeps the folder's lock while the server lives. */
  readonly lockFd?: number;
}

/** How long a server is waited for that was asked to end, before it is killed; it syncs its file meanwhile. */
const LAST_WORDS: Milliseconds = 10_000;
const LAST_ANSWER: Milliseconds = 500;
const ASKED_AGAIN: Milliseconds = 100;
const LAST_OUTPUT: Milliseconds = 200;
const FIRST_LOOK: Milliseconds = 2;
const LONGEST_LOOK: Milliseconds = 50;
const TAIL = 30;

/** The guard for this machine. */
export async function chooseGuard(): Promise<Guard> {
  const setpriv = process.platform === "linux" ? findProgram("setpriv") : undefined;
  // busybox has a setpriv that doesn't know it.
  const knows = setpriv !== undefined && (await run(setpriv, ["--pdeathsig", "TERM", "true"])) === 0;
  return knows ? "death-signal" : "pipe";
}

/** A server that runs, or ran. */
export class ServerProcess {
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #tail: string[] = [];
  /** Its last words are heard. */
  readonly #closed: Promise<void>;
  #running = true;
  #failure: string | undefined;

  constructor(plan: ServerPlan) {
    const { command, args } = commandOf(plan);
    this.#child = spawn(command, args, {
      cwd: plan.folder,
      env: childEnvironment(),
      // A terminal's Ctrl-C is for the daemon, which ends the server last.
      detached: true,
      stdio: [
        plan.guard === "pipe" ? "pipe" : "ignore",
        "pipe",
        "pipe",
        ...(plan.lockFd === undefined ? [] : [plan.lockFd]),
      ],
    });
    this.#child.stdin?.on("error", () => undefined);
    this.#child.stdout?.on("data", (data: Buffer) => this.#hear(data));
    this.#child.stderr?.on("data", (data: Buffer) => this.#hear(data));
    this.#closed = new Promise((resolve) => this.#child.once("close", () => resolve()));
    this.ended = new Promise<void>((resolve) => {
      // Not "close": a child of the server's own may keep its output open for a while.
      this.#child.once("exit", () => resolve());
      this.#child.once("error", (error) => {
        this.#failure = "code" in error ? String(error.code) : "it can't be run";
        resolve();
      });
    }).then(() => {
      this.#running = false;
      this.#child.stdin?.destroy();
    });
  }

  /** The server's, or with the `pipe` guard the shell's that ends when it does. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#running;
  }

  /**
   * Waits until it answers and has loaded its data, however long that takes.
   * @throws EmbeddedRedisFailed with its own reason when it ends before.
   */
  async ready(socket: string, clock: Clock): Promise<void> {
    for (let look = FIRST_LOOK; this.#running; look = Math.min(look * 1.5, LONGEST_LOOK)) {
      if ((await ask(socket, "PING", 1_000)) === "+PONG") return;
      await Promise.race([clock.sleep(look), this.ended]);
    }
    await Promise.race([this.#closed, clock.sleep(LAST_OUTPUT)]);
    throw new EmbeddedRedisFailed(`the embedded Redis ended while it started: ${this.#reason()}`);
  }

  /** Ends it in an orderly way: what it took is on the disk. Killed when it doesn't end within `patience` ms. */
  async stop(socket: string, clock: Clock, patience: Milliseconds = LAST_WORDS): Promise<void> {
    const end = clock.monotonic() + patience;
    for (let first = true; this.#running && clock.monotonic() < end; first = false) {
      // Quicker than a signal, which Redis looks at ten times a second; refused while it writes its first file.
      await Promise.race([ask(socket, "SHUTDOWN", LAST_ANSWER), this.ended]);
      if (this.#running && first) this.#terminate();
      await Promise.race([clock.sleep(ASKED_AGAIN), this.ended]);
    }
    this.kill();
    await this.ended;
  }

  #terminate(): void {
    // With the pipe guard the child is the shell: it would end before the server.
    if (this.#child.stdin === null) this.#child.kill("SIGTERM");
    else this.#child.stdin.end();
  }

  /** Ends it at once, as a crash would. With the `pipe` guard that is the shell and all it started. */
  kill(): void {
    if (!this.#running || this.pid === undefined) return;
    try {
      process.kill(-this.pid, "SIGKILL"); // its group: it was started detached
    } catch {
      this.#child.kill("SIGKILL");
    }
  }

  #hear(data: Buffer): void {
    for (const line of data.toString("utf8").split("\n")) {
      if (line.trim() === "") continue;
      this.#tail.push(line);
      if (this.#tail.length > TAIL) this.#tail.shift();
    }
  }

  /** Its last warning, or its last line; without time and process id. It names files and settings, never a key's content. */
  #reason(): string {
    if (this.#failure !== undefined) return this.#failure;
    const warning =
      this.#tail.findLast((line) => /^\d+:\w .{20,30} # /.test(line)) ??
      this.#tail.at(-1) ??
      "it said nothing";
    return warning.replace(/^\d+:\w .*? [#*] /, "").slice(0, 300);
  }
}

/** The parent is compared after the signal was asked for: it may have died before, and then none would come. */
const ONLY_UNDER = '[ "$PPID" = "$0" ] && exec "$@"';
/** The server's end ends the shell, and the end of standard input ends the server. */
const UNTIL_EOF = '"$@" </dev/null 4<&- & p=$!; { cat >/dev/null; kill -TERM $p; } <&4 & exec 4<&-; wait $p';

function commandOf(plan: ServerPlan): { command: string; args: readonly string[] } {
  const server = [plan.binary, ...plan.arguments];
  if (plan.guard === "death-signal") {
    const args = ["--pdeathsig", "TERM", "/bin/sh", "-c", ONLY_UNDER, String(process.pid), ...server];
    return { command: "setpriv", args };
  }
  // fd 3 may be the lock, so standard input moves to 4 before the background jobs lose it.
  return { command: "/bin/sh", args: ["-c", `exec 4<&0; ${UNTIL_EOF}`, "sh", ...server] };
}
