// The part of @xmpp/client that the tests use: the package brings no types.
declare module "@xmpp/client" {
  import type { EventEmitter } from "node:events";
  import type { Element } from "@xmpp/component";

  export interface Client extends EventEmitter {
    readonly reconnect: { delay: number; stop(): void };
    start(): Promise<unknown>;
    stop(): Promise<unknown>;
    send(element: Element): Promise<void>;
  }

  interface Parser extends EventEmitter {
    write(text: string): void;
  }

  export function client(options: {
    service: string;
    domain: string;
    username: string;
    password: string;
  }): Client;
  export const xml: {
    (
      name: string,
      attrs?: Readonly<Record<string, string | undefined>>,
      ...children: readonly (Element | string | undefined)[]
    ): Element;
    readonly Parser: new () => Parser;
  };
}
