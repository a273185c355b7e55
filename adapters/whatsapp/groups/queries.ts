import type { BinaryNode, WASocket } from "../baileys.ts";
import { type GroupInfo, type Member, readGroup, readMembers } from "./info.ts";

/** The server answered with an error, which is one of HTTP's families. */
export class QueryRefused extends Error {
  override readonly name = "QueryRefused";
  readonly code: string;

  constructor(code: string) {
    super("the server refused a query about a group: look at its code");
    this.code = code;
  }
}

/** No answer came: it may have been carried out. */
export class QueryUnanswered extends Error {
  override readonly name = "QueryUnanswered";

  constructor() {
    super("the server didn't answer a query about a group: ask for the group before you change it again");
  }
}

/** All groups together, and what is asked of none in particular. */
const GROUPS = "@g.us";

/**
 * What is asked about groups (`xmlns="w:g2"`): baileys lib/Socket/groups.js, whatsmeow group.go. Not by Baileys' own functions: they
 * take an answer that didn't come for an empty one, and don't say who can't be put into a group, and why.
 */
export class GroupQueries {
  readonly #socket: Pick<WASocket, "query">;
  readonly #signal: AbortSignal | undefined;

  /** @param signal whoever waits for an answer stops waiting by it */
  constructor(socket: Pick<WASocket, "query">, signal?: AbortSignal) {
    this.#socket = socket;
    this.#signal = signal;
  }

  /** Makes a group that only we can change. Who can't be put into it has an `error` among its members, and isn't in it. */
  async create(subject: string, jid: string, key: string): Promise<GroupInfo> {
    const person = { tag: "participant", attrs: { jid }, content: [] };
    const locked = { tag: "locked", attrs: {}, content: [] };
    const create = { tag: "create", attrs: { subject, key }, content: [person, locked] };
    return groupIn(await this.#ask(GROUPS, "set", create));
  }

  async info(group: string): Promise<GroupInfo> {
    return groupIn(await this.#ask(group, "get", { tag: "query", attrs: { request: "interactive" } }));
  }

  /** All groups that we are in. */
  async all(): Promise<readonly GroupInfo[]> {
    const content = [{ tag: "participants", attrs: {} }];
    const answer = await this.#ask(GROUPS, "get", { tag: "participating", attrs: {}, content });
    const groups = childOf(answer, "groups");
    if (groups === undefined) throw new QueryUnanswered();
    return childrenOf(groups).flatMap((one) => readGroup(one) ?? []);
  }

  /** Puts somebody into a group; why that can't be, where it can't. */
  async add(group: string, jid: string): Promise<string | undefined> {
    const content = [{ tag: "participant", attrs: { jid } }];
    const answer = await this.#ask(group, "set", { tag: "add", attrs: {}, content });
    const added = childOf(answer, "add");
    const [member]: readonly Member[] = added === undefined ? [] : readMembers(added);
    return member?.error;
  }

  /** Puts people out of a group; why that can't be of the first of whom it can't. Who isn't in it any more is no error. */
  async remove(group: string, jids: readonly string[]): Promise<string | undefined> {
    const content = jids.map((jid) => ({ tag: "participant", attrs: { jid } }));
    const answer = await this.#ask(group, "set", { tag: "remove", attrs: {}, content });
    const removed = childOf(answer, "remove");
    const errors = (removed === undefined ? [] : readMembers(removed)).flatMap(({ error }) => error ?? []);
    return errors.find((error) => error !== "404");
  }

  async subject(group: string, subject: string): Promise<void> {
    await this.#ask(group, "set", { tag: "subject", attrs: {}, content: Buffer.from(subject) });
  }

  async lock(group: string): Promise<void> {
    await this.#ask(group, "set", { tag: "locked", attrs: {} });
  }

  async onlyAdminsAdd(group: string): Promise<void> {
    await this.#ask(group, "set", { tag: "member_add_mode", attrs: {}, content: Buffer.from("admin_add") });
  }

  async leave(group: string): Promise<void> {
    const content = [{ tag: "group", attrs: { id: group } }];
    await this.#ask(GROUPS, "set", { tag: "leave", attrs: {}, content });
  }

  async #ask(to: string, type: "get" | "set", content: BinaryNode): Promise<BinaryNode> {
    const iq = { tag: "iq", attrs: { to, type, xmlns: "w:g2" }, content: [content] };
    let answer: BinaryNode | undefined;
    try {
      answer = await this.#awaited(this.#socket.query(iq));
    } catch (error) {
      const code = codeOf(error);
      throw code === undefined ? new QueryUnanswered() : new QueryRefused(code);
    }
    if (answer === undefined) throw new QueryUnanswered();
    return answer;
  }

  async #awaited(answer: Promise<BinaryNode | undefined>): Promise<BinaryNode | undefined> {
    const signal = this.#signal;
    if (signal === undefined) return answer;
    const over = Promise.withResolvers<undefined>();
    const giveUp = (): void => over.resolve(undefined);
    signal.addEventListener("abort", giveUp, { once: true });
    if (signal.aborted) giveUp();
    try {
      return await Promise.race([answer, over.promise]);
    } finally {
      signal.removeEventListener("abort", giveUp);
      answer.catch(() => undefined); // nobody waits for it any more
    }
  }
}

/** The code of an `<error>`, which Baileys puts into its error's `data` (lib/WABinary/generic-utils.js, assertNodeErrorFree). */
function codeOf(error: unknown): string | undefined {
  const data = typeof error === "object" && error !== null && "data" in error ? error.data : undefined;
  return typeof data === "number" && data >= 100 ? String(data) : undefined;
}

function groupIn(answer: BinaryNode): GroupInfo {
  const node = childOf(answer, "group");
  const group = node === undefined ? undefined : readGroup(node);
  // What says nothing of the group says nothing of whether there is one.
  if (group === undefined) throw new QueryUnanswered();
  return group;
}

function childrenOf({ content }: BinaryNode): readonly BinaryNode[] {
  return Array.isArray(content) ? content : [];
}

function childOf(node: BinaryNode, tag: string): BinaryNode | undefined {
  return childrenOf(node).find((one) => one.tag === tag);
}
