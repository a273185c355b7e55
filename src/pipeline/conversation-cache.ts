import type { Conversation } from "../model/conversation.ts";
import type { ChatKey, ConversationId, LegId } from "../model/ids.ts";
import type { Conversations } from "../store/conversations.ts";

/** How many conversations are kept in memory. */
const CAPACITY = 20_000;

/**
 * Conversations as this process knows them. A commit compares the version, so an old copy does no harm: it is dropped and
 * loaded again.
 */
export class ConversationCache {
  readonly #conversations: Conversations;
  readonly #byId = new Map<ConversationId, Conversation>();
  readonly #byChat = new Map<ChatKey, { conversation: ConversationId; leg: LegId }>();

  constructor(conversations: Conversations) {
    this.#conversations = conversations;
  }

  /** What is in memory, without waiting. */
  peek(id: ConversationId): Conversation | undefined {
    return this.#byId.get(id);
  }

  async get(id: ConversationId): Promise<Conversation | undefined> {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const loaded = await this.#conversations.load(id);
    // Somebody may have loaded or changed it meanwhile: the newer one stays.
    const meanwhile = this.#byId.get(id);
    if (meanwhile !== undefined && meanwhile.version >= (loaded?.version ?? 0)) return meanwhile;
    if (loaded !== undefined) this.put(loaded);
    return loaded;
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

  /** The conversation after a commit of ours, or as it was loaded. */
  put(conversation: Conversation): void {
    this.#byId.set(conversation.id, conversation);
    if (this.#byId.size <= CAPACITY) return;
    const oldest = this.#byId.keys().next();
    if (!oldest.done) this.#byId.delete(oldest.value);
  }

  /** A native chat is this leg's from now on. */
  placed(chat: ChatKey, place: { readonly conversation: ConversationId; readonly leg: LegId }): void {
    this.#byChat.set(chat, place);
  }

  drop(id: ConversationId): void {
    this.#byId.delete(id);
  }

  clear(): void {
    this.#byId.clear();
    this.#byChat.clear();
  }
}
