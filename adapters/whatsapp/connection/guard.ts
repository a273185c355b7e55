import type { EventEmitter } from "node:events";

/**
 * Lets nothing that a listener throws get out. Most of Baileys' listeners are async functions whose failures nobody catches: a
 * frame that can't be read, or an answer to a socket that has just closed, would end the whole process.
 * Call it when the listeners are there, and before anything comes.
 */
export function guardListeners(emitter: EventEmitter, failed: (error: unknown) => void): void {
  for (const event of emitter.eventNames()) {
    const listeners = emitter.listeners(event);
    emitter.removeAllListeners(event);
    for (const listener of listeners) {
      // Whoever calls a listener by hand can wait for it, as before.
      emitter.on(event, (...values: unknown[]): unknown => {
        try {
          const result: unknown = Reflect.apply(listener, emitter, values);
          return result instanceof Promise ? result.catch(failed) : result;
        } catch (error) {
          failed(error);
          return undefined;
        }
      });
    }
  }
}
