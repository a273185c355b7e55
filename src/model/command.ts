import type { NetworkName } from "./ids.ts";
import type { CommandName } from "./texts.ts";
import type { Milliseconds } from "./time.ts";

/** Whom a command is about. */
export type Target =
  /** The other side of the conversation in which it is typed. */
  { readonly kind: "here" } | { readonly kind: "person"; readonly name: string };

/** What each command is told beside its name. */
export interface CommandArguments {
  /** `lifetime` in ms; undefined: until it is ended. */
  "handle-new": { readonly label: string; readonly lifetime: Milliseconds | undefined };
  handles: unknown;
  "handle-links": { readonly label: string };
  "handle-off": { readonly label: string };
  requests: unknown;
  /** Of several open requests, `request` says which. */
  accept: { readonly request: number | undefined };
  decline: { readonly request: number | undefined };
  link: unknown;
  /** Undefined network: the account where it is typed. `hint`: two digits or `@al`, for one of several on the network. */
  unlink: { readonly network: NetworkName | undefined; readonly hint: string | undefined };
  me: unknown;
  /** In order; none: where the person last wrote from. */
  prefer: { readonly networks: readonly NetworkName[] };
  list: unknown;
  groups: { readonly on: boolean };
  block: { readonly target: Target | { readonly kind: "request"; readonly request: number } };
  blocked: unknown;
  unblock: { readonly name: string };
  mute: { readonly target: Target };
  unmute: { readonly target: Target };
  name: { readonly name: string };
  guard: { readonly on: boolean };
  export: unknown;
  "forget-me": unknown;
  /** `about`: the words of a command. */
  help: { readonly about: string | undefined };
}

/** A command that somebody gave, with its arguments. */
export type Command = {
  [Name in CommandName]: { readonly kind: Name } & CommandArguments[Name];
}[CommandName];
