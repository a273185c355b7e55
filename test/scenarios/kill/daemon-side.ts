import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type DaemonProcess, startDaemonProcess } from "../../support/daemon-process.ts";
import { processes } from "../../support/processes.ts";
import { pause } from "./wait.ts";

/** So long may an orderly stop take: the config's `drain`, and what the rest of it needs. */
const ORDERLY_WITHIN = 15_000;
const STARTS = 5;

/** The daemon, as a scenario ends and begins it. */
export class DaemonSide {
  /** How often it was ready. */
  boots = 0;
  /** How often it ended although nobody asked it to. */
  crashes = 0;
  /** How often SIGTERM didn't bring it to exit 0 in time. */
  unorderly = 0;
  /** The longest time from a start to readiness, in ms. */
  slowestStart = 0;
  readonly #process: DaemonProcess;
  #isWanted = true;

  private constructor(process: DaemonProcess) {
    this.#process = process;
    this.#ready();
  }

  static async start(
    folder: string,
    config: Readonly<Record<string, unknown>>,
    env: Readonly<Record<string, string>>,
  ): Promise<DaemonSide> {
    return new DaemonSide(await startDaemonProcess(folder, config, env));
  }

  get pid(): number {
    return this.#process.pid;
  }

  get output(): string {
    return this.#process.output();
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.#isWanted = false;
    await this.#process.end("SIGKILL");
  }

  /** kill -9 so many ms after a start has begun, whether it is ready by then or not. */
  async killAtStart(ms: number): Promise<void> {
    this.#isWanted = false;
    const started = this.#process.start().then(
      () => this.#ready(),
      () => undefined, // it was killed before that
    );
    await pause(ms);
    await this.#process.end("SIGKILL");
    await started;
  }

  /** kill -9 so many ms after SIGTERM. */
  async killAtStop(ms: number): Promise<void> {
    this.#isWanted = false;
    const ended = this.#process.end("SIGTERM");
    await pause(ms);
    await this.#process.end("SIGKILL");
    await ended;
  }

  /** SIGTERM, and what it comes to. */
  async terminate(): Promise<void> {
    this.#isWanted = false;
    if (!this.#process.running) return;
    const code = await Promise.race([
      this.#process.end("SIGTERM"),
      pause(ORDERLY_WITHIN).then(() => "late" as const),
    ]);
    if (code === 0) return;
    this.unorderly += 1;
    if (code === "late") await this.#process.end("SIGKILL");
  }

  /** Starts it; one that fails at its start is started again, as a container's host would. */
  async begin(): Promise<void> {
    this.#isWanted = true;
    for (let left = STARTS; !this.#process.running; left -= 1) {
      try {
        await this.#process.start();
        this.#ready();
      } catch (error) {
        this.crashes += 1;
        if (left <= 1) throw error;
        await pause(300);
      }
    }
  }

  /** Starts it again when it ended by itself. */
  async ensure(): Promise<void> {
    if (!this.#isWanted || this.#process.running) return;
    this.crashes += 1;
    await this.begin();
  }

  /** The pid of its Redis; undefined when there is none at this moment. */
  redisPid(): number | undefined {
    const all = processes();
    const below = new Set([this.pid]);
    for (const { pid, parent } of all) if (below.has(parent)) below.add(pid);
    const isRedis = /^\S*(redis|valkey)-server( |$)/;
    return all.find(({ pid, parent, args }) => below.has(pid) && below.has(parent) && isRedis.test(args))
      ?.pid;
  }

  /** Writes what it said in all its lives beside its config. */
  async saveOutput(folder: string): Promise<void> {
    await writeFile(join(folder, "daemon.log"), this.output);
  }

  #ready(): void {
    this.boots += 1;
    this.slowestStart = Math.max(this.slowestStart, this.#process.readyMs);
  }
}
