import type { ContactRecord, Conversation, OpenRequest } from "../../model/conversation.ts";
import type { Ending, ErrandScene } from "./errand.ts";

/** A request that somebody answers. */
export interface Answering {
  readonly request: OpenRequest;
  readonly conversation: Conversation;
  readonly record: ContactRecord;
}

/** Does what was answered. Undefined: the request ended a moment before. */
export type AnswerHandler = (scene: ErrandScene, answering: Answering) => Promise<Ending | undefined>;
