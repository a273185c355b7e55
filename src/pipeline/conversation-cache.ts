import type { Conversation } from "../model/conversation.ts";
import type { ChatKey, ConversationId, LegId } from "../model/ids.ts";
import type { Conversations } from "../store/conversations.ts";

/** How many conversations are kept in memory. */
const CAPACITY = 20_000;

/** A conversation that is being read. */
interface Loading {
  readonly result: Promise<Conversation | undefined>;
  /** It was changed here since. */
  isOld: boolean;
}

/**
 * Conversations as this process knows them. A commit compares the version, so another process's change does no harm: the old
 * copy is dropped and loaded again. Deliveries don't compare it: what this process has changed they find.
 */
export class ConversationCache {
  readonly #conversations: Pick<Conversations, "load" | "byChat">;
  readonly #byId = new Map<ConversationId, Conversation>();
  readonly #loading = new Map<ConversationId, Loading>();
  readonly #byChat = new Map<ChatKey, { conversation: ConversationId; leg: LegId }>();

  constructor(conversations: Pick<Conversations, "load" | "byChat">) {
    this.#conversations = conversations;
  }

  /** What is in memory, without waiting. */
  peek(id: ConversationId): Conversation | undefined {
    return this.#byId.get(id);
  }

  async get(id: ConversationId): Promise<Conversation | undefined> {
    for (;;) {
      const known = this.#byId.get(id);
      if (known !== undefined) return known;
      const loading = this.#loading.get(id) ?? this.#load(id);
      const loaded = await loading.result;
      if (!loading.isOld) return loaded;
    }
  }

  #load(id: ConversationId): Loading {
    const loading: Loading = { isOld: false, result: this.#conversations.load(id) };
    this.#loading.set(id, loading);
    const ended = (loaded: Conversation | undefined): void => {
      if (loading.isOld) return;
      this.#loading.delete(id);
      if (loaded !== undefined) this.#keep(loaded);
    };
    loading.result.then(ended, () => ended(undefined));
    return loading;
  }

  /** What is being loaded may have been read before a change of ours: it is loaded again. */
  #outdate(id: ConversationId): void {
    const loading = this.#loading.get(id);
    if (loading === undefined) return;
    loading.isOld = true;
    this.#loading.delete(id);
  }

  /** Which leg a native chat is; chats that are none are asked for again each time. */
  async legOf(chat: ChatKey): Promise<{ conversation: ConversationId; leg: LegId } | undefined> {
    const known = this.#byChat.get(chat);
    if (known !== undefined) return known;
    const found = await this.#conversations.byChat(chat);
    if (found !== undefined) this.#byChat.set(chat, found);
    return found;
  }

  /** A chat isn't a leg's any more. */
  forgetChat(chat: ChatKey): void {
    this.#byChat.delete(chat);
  }

  /** What is in memory of a chat, without waiting. */
  peekLeg(chat: ChatKey): { conversation: ConversationId; leg: LegId } | undefined {
    return this.#byChat.get(chat);
  }

  /** The conversation after a commit of ours. */
  put(conversation: Conversation): void {
    this.#outdate(conversation.id);
    this.#keep(conversation);
  }

  #keep(conversation: Conversation): void {
    this.#byId.set(conversation.id, conversation);
    if (this.#byId.size <= CAPACITY) return;
    const oldest = this.#byId.keys().next();
    if (!oldest.done) this.#byId.delete(oldest.value);
  }

  /** A native chat is this leg's from now on. */
  placed(chat: ChatKey, place: { readonly conversation: ConversationId; readonly leg: LegId }): void {
    this.#byChat.set(chat, place);
  }

  /** What is known of it is old: it is loaded again. */
  drop(id: ConversationId): void {
    this.#outdate(id);
    this.#byId.delete(id);
  }

  clear(): void {
    for (const id of [...this.#loading.keys()]) this.#outdate(id);
    this.#byId.clear();
    this.#byChat.clear();
  }
}
