// A process that is killed between two calls to Redis: from then on nothing that it asked for is ever answered.

import type { Connection } from "../../src/store/redis/connection.ts";

/** Gives `World.open` a connection that ends `after` so many more calls. */
export function killable() {
  let left = Number.POSITIVE_INFINITY;
  const run = <T>(call: () => Promise<T>): Promise<T> => {
    left -= 1;
    return left >= 0 ? call() : new Promise<never>(() => undefined);
  };
  return {
    /** The next `calls` calls are done, and none after them. */
    after(calls: number): void {
      left = calls;
    },
    through: (inner: Connection): Connection => ({
      call: (script, names, args) => run(() => inner.call(script, names, args)),
      command: (name, ...args) => run(() => inner.command(name, ...args)),
      get servers() {
        return inner.servers;
      },
      get up() {
        return inner.up;
      },
      onDown: (listener) => inner.onDown(listener),
      onUp: (listener) => inner.onUp(listener),
      flush: () => inner.flush(),
      close: () => inner.close(),
      stats: inner.stats,
    }),
  };
}
