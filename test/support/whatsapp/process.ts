// The server as a process of its own (main.ts), as a test or a bench drives it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Fault } from "./faults.ts";
import type { Ending } from "./index.ts";

interface Line {
  readonly id?: number;
  readonly event?: string;
  readonly result?: unknown;
  readonly error?: string;
  readonly url?: string;
  readonly root?: string;
  readonly ca?: string;
}

type Waiting = (line: Line) => void;

/** A server that runs; it ends with this process. */
export class WhatsAppProcess {
  readonly url: string;
  readonly root: Buffer;
  readonly ca: string;
  readonly #child: ChildProcess;
  readonly #waiting: Map<number, Waiting>;
  #lastId = 0;

  private constructor(child: ChildProcess, ready: Line, waiting: Map<number, Waiting>) {
    this.#child = child;
    this.#waiting = waiting;
    this.url = ready.url ?? "";
    this.root = Buffer.from(ready.root ?? "", "hex");
    this.ca = ready.ca ?? "";
  }

  static async start(): Promise<WhatsAppProcess> {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, "main.ts")], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const waiting = new Map<number, Waiting>();
    const ready = await new Promise<Line>((resolve, reject) => {
      child.once("exit", () => {
        reject(new Error("the WhatsApp server ended before it was ready"));
        for (const give of waiting.values()) give({ error: "the WhatsApp server has ended" });
      });
      createInterface({ input: child.stdout }).on("line", (text) => {
        const line: Line = JSON.parse(text); // the server's own
        if (line.event === "ready") resolve(line);
        else if (line.id !== undefined) waiting.get(line.id)?.(line);
      });
    });
    return new WhatsAppProcess(child, ready, waiting);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Somebody gets a phone with this number. */
  async addAccount(number: string, name: string): Promise<void> {
    await this.#run("add", { number, name });
  }

  /** The owner of a number scans the QR code that a client shows. */
  async scan(number: string, qr: string): Promise<void> {
    await this.#run("scan", { number, qr });
  }

  /** ... or types a code. */
  async enterCode(number: string, code: string): Promise<void> {
    await this.#run("code", { number, code });
  }

  /** From now on it happens to the account with this number, so many times. */
  async fault(number: string, fault: Fault, times = 1): Promise<void> {
    await this.#run("fault", { number, fault, times });
  }

  /** Takes back all that is to come. */
  async heal(): Promise<void> {
    await this.#run("heal", {});
  }

  /** Ends the connections of an account's devices with a stream error. */
  async end(number: string, ending: Ending): Promise<void> {
    await this.#run("end", { number, ending });
  }

  /** The connections that an account has get nothing any more, and stay open. */
  async upset(number: string, mood: "deaf" | "silent"): Promise<void> {
    await this.#run("upset", { number, mood });
  }

  /** Not reachable until `back`: all connections break. */
  async away(): Promise<void> {
    await this.#run("away", {});
  }

  async back(): Promise<void> {
    await this.#run("back", {});
  }

  /** What the server found wrong with its clients, or itself. */
  async problems(): Promise<readonly string[]> {
    const found = await this.#run("problems", {});
    return Array.isArray(found) ? found.map(String) : [];
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }

  async #run(what: string, fields: object): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = new Promise<Line>((resolve) => this.#waiting.set(id, resolve));
    this.#child.stdin?.write(`${JSON.stringify({ ...fields, id, do: what })}\n`);
    const { result, error } = await answer;
    this.#waiting.delete(id);
    if (error !== undefined) throw new Error(`the WhatsApp server: ${error}`);
    return result;
  }
}
