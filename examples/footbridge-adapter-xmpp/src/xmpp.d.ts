// The part of @xmpp/component that is used: the package brings no types.
declare module "@xmpp/component" {
  import type { EventEmitter } from "node:events";
  import type { Socket } from "node:net";

  /** A piece of XML. */
  export interface Element {
    readonly name: string;
    readonly attrs: Readonly<Record<string, string | undefined>>;
    is(name: string, namespace?: string): boolean;
    getChild(name: string, namespace?: string): Element | undefined;
    getChildren(name: string, namespace?: string): readonly Element[];
    getChildElements(): readonly Element[];
    getNS(): string | undefined;
    text(): string;
    toString(): string;
  }

  export interface Component extends EventEmitter {
    readonly socket: Socket | null;
    readonly reconnect: { stop(): void };
    readonly iqCallee: {
      get(namespace: string, name: string, answer: (query: { readonly stanza: Element }) => unknown): void;
    };
    start(): Promise<unknown>;
    write(text: string): Promise<void>;
  }

  export function component(options: { service: string; domain: string; password: string }): Component;
  export function xml(
    name: string,
    attrs?: Readonly<Record<string, string | undefined>>,
    ...children: readonly (Element | string | undefined)[]
  ): Element;
}
