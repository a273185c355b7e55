import type { Conversation } from "../model/conversation.ts";
import type { ChatKey, ConversationId, LegId } from "../model/ids.ts";
import type { Conversations } from "../store/conversations.ts";
import { Remembered } from "./remembered.ts";

/** How many conversations are kept in memory. */
const CAPACITY = 20_000;

/** Which leg a native chat is. */
interface Place {
  readonly conversation: ConversationId;
  readonly leg: LegId;
}

/**
 * Conversations as this process knows them. A commit compares the version, so another process's change does no harm: the old
 * copy is dropped and loaded again. Deliveries don't compare it: what this process has changed they find.
 */
export class ConversationCache {
  readonly #byId: Remembered<ConversationId, Conversation>;
  readonly #byChat: Remembered<ChatKey, Place>;

  constructor(conversations: Pick<Conversations, "load" | "byChat">) {
    this.#byId = new Remembered((id) => conversations.load(id), CAPACITY);
    this.#byChat = new Remembered((chat) => conversations.byChat(chat));
  }

  /** What is in memory, without waiting. */
  peek(id: ConversationId): Conversation | undefined {
    return this.#byId.peek(id);
  }

  get(id: ConversationId): Promise<Conversation | undefined> {
    return this.#byId.get(id);
  }

  /** Which leg a native chat is; chats that are none are asked for again each time. */
  legOf(chat: ChatKey): Promise<Place | undefined> {
    return this.#byChat.get(chat);
  }

  /** A chat may not be a leg's any more: it is looked up again. */
  forgetChat(chat: ChatKey): void {
    this.#byChat.drop(chat);
  }

  /** What is in memory of a chat, without waiting. */
  peekLeg(chat: ChatKey): Place | undefined {
    return this.#byChat.peek(chat);
  }

  /** The conversation after a commit of ours. */
  put(conversation: Conversation): void {
    this.#byId.put(conversation.id, conversation);
  }

  /** A native chat is this leg's from now on. */
  placed(chat: ChatKey, place: Place): void {
    this.#byChat.put(chat, place);
  }

  /** What is known of it is old: it is loaded again. */
  drop(id: ConversationId): void {
    this.#byId.drop(id);
  }

  clear(): void {
    this.#byId.clear();
    this.#byChat.clear();
  }
}
