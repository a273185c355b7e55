import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** A process of the bench that answers questions one at a time; it ends with its parent. */
export class BenchChild<Question extends object> {
  readonly process: ChildProcess;

  constructor(file: URL, args: readonly string[] = []) {
    this.process = fork(file, args);
  }

  /** @throws what went wrong over there. `A` is what the other side gives for this question. */
  async ask<A>(question: Question): Promise<A> {
    this.process.send(question);
    const ended = new AbortController();
    const reply = await Promise.race([
      once(this.process, "message", { signal: ended.signal }).then(
        ([message]) => message as { answer?: A; error?: string }, // the other side's only kind
      ),
      once(this.process, "exit", { signal: ended.signal }).then((): { answer?: A; error?: string } => ({
        error: "a process of the bench ended by itself",
      })),
    ]).finally(() => ended.abort());
    if (reply.error !== undefined) throw new Error(reply.error);
    return reply.answer as A; // see above
  }

  /** What it says by itself when it is there. */
  async hello<A>(): Promise<A> {
    const [message] = (await once(this.process, "message")) as [A];
    return message;
  }

  async end(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const gone = once(this.process, "exit");
    this.process.kill();
    await gone;
  }
}
