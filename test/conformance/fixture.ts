/** A network's test server, as the conformance suite uses it. Each check starts one of its own. */
export interface ConformanceFixture {
  start(): Promise<TestNetwork>;
}

/**
 * What the next request to send meets.
 * `throttled`: it comes too fast. `refused`: never. `lost`: it is carried out, and the answer is lost at once.
 * `silent`: no answer comes; it may have been carried out.
 */
export type SendFault = "throttled" | "refused" | "lost" | "silent";

/** What somebody said. */
export interface Said {
  /** Whether the network was told that it is taken, and so won't bring it again. */
  taken(): boolean;
}

/** A network at work. People, texts and secrets in it are canaries: the suite looks for them in all that an adapter shows. */
export interface TestNetwork {
  /** The account's part of the config, before its schema saw it. Its time-outs are about 2 s. */
  readonly config: unknown;
  /** The same with credentials that the network refuses. */
  readonly wrongConfig: unknown;
  /** Tokens and passwords. */
  readonly secrets: readonly string[];
  /** Our own number, where portals are given. */
  readonly number?: string;
  /** A new person; their canonical address. */
  person(): string;
  /** The person comes into the chat that they were invited to, where the network has invitations. */
  join?(person: string, chat: string): void;
  /** The person writes a text. The network brings it until it is taken. */
  says(person: string, chat: string, text: string): Said;
  /** The person sends something that this version can't carry. */
  saysUnbridgeable?(person: string, chat: string): Said;
  /** The network says that the person got or read the message of this ref. */
  receipt?(person: string, chat: string, ref: string): void;
  /** The person begins to type. */
  types?(person: string, chat: string): void;
  /** The texts that the person sees from us, in order. */
  shown(person: string, chat: string): readonly string[];
  /** How many requests came that could make something happen, refused ones included. */
  requests(): number;
  /** The next send meets this. */
  fail(fault: SendFault): void;
  /** Not reachable until `back`. */
  away(): Promise<void>;
  back(): Promise<void>;
  stop(): Promise<void>;
}
