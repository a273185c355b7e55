import type { ErrandHandler } from "./errand.ts";

/** Begins to link an account with its phone; that takes minutes, and the chat goes on meanwhile. */
export const pairAccount: ErrandHandler<"pair-account"> = async (
  { conversation, leg, pairings },
  { account, by, id },
) => {
  pairings.begin({ id, account, by, desk: conversation.id, leg });
  return {};
};
