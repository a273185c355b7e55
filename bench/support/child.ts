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
    const [reply] = (await once(this.process, "message")) as [{ answer?: A; error?: string }];
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
