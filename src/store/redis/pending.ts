import type { Command, Redis } from "ioredis";
import type { Reply } from "./resp.ts";

type SendCommand = Parameters<Redis["sendCommand"]>;

/**
 * A call on its way, in the form that ioredis queues: `sendCommand` puts it behind the others, asks it for its octets, and
 * settles it with its reply. ioredis' own `Command` does the same for 4 us more (promises, flattening, transformers, an
 * encoding for each command), so a call brings its octets along; a whole batch's are with its last call, and so go out in
 * one write.
 *
 * It has what ioredis 6.0.0 reads of a `Command` that isn't blocking, isn't part of a transaction and isn't traced; the tests
 * in test/store/redis/connection.test.ts fail when a later version reads more.
 */
export class PendingCall {
  readonly name: string;
  /** ioredis puts a command's arguments into its errors: here are none. */
  readonly args: readonly never[] = NO_ARGUMENTS;
  /** Says that ioredis need not report it to a tracing channel. */
  readonly isTraced = true;
  readonly promise = undefined;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
  #octets: Buffer | undefined;

  constructor(name: string, resolve: (reply: Reply) => void, reject: (error: Error) => void) {
    this.name = name;
    this.resolve = resolve;
    this.reject = reject;
  }

  /** ioredis says which protocol it speaks; our replies need no mapping. */
  setReplyContext(): void {}

  toWritable(): Buffer | undefined {
    return this.#octets;
  }

  /** Hands a batch to ioredis, in order, as one write. */
  static send(redis: Redis, calls: readonly PendingCall[], octets: Buffer): void {
    const last = calls.length - 1;
    for (let index = 0; index <= last; index++) {
      const call = calls[index];
      if (call === undefined) continue;
      // PendingCall is what is read of a Command, see above.
      const command = call as unknown as Command;
      if (index < last) {
        redis.sendCommand(command, UNWRITTEN);
      } else {
        call.#octets = octets;
        redis.sendCommand(command);
        call.#octets = undefined;
      }
    }
  }
}

const NO_ARGUMENTS: readonly never[] = [];

/** The stream of an ioredis pipeline, which gathers octets; the calls before a batch's last one have none. */
const UNWRITTEN = {
  isPipeline: true,
  write: () => undefined,
  destination: { redis: { stream: undefined } },
} as unknown as NonNullable<SendCommand[1]>; // its `stream` is handed to toWritable only, which doesn't look at it
