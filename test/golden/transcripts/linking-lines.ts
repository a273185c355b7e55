// How accounts are linked in transcripts.

/** The Matrix account `who` asks for a code. */
export const OFFER = (who: string): string => `
${who} -> link
${who} <- From the other account, send {link} within 10 minutes:
       SMS: text {LINK} to +1 555 0100 · another Matrix account: send it to me there
`;

/** `whose`: the Matrix account that gave the code out. */
export const JOIN = (who: string, whose: string): string => `
${who} -> {link}
${who} <- Link this SMS account with the Matrix account {${whose}}? Either can undo it at any time with "unlink". 1 yes · 2 no
`;

/** The phone says yes, and its other account is asked. */
export const CONFIRM = (who: string, whose: string): string => `
${who} -> 1
${who} <- Asked. Please say yes on Matrix too.
${whose} <- An SMS account (number ending {${who}}) wants to be linked with this one. 1 yes · 2 no
`;

/** Links a phone with a Matrix account. */
export const LINKED = (
  who: string,
  whose: string,
): string => `${OFFER(whose)}${JOIN(who, whose)}${CONFIRM(who, whose)}
${whose} -> 1
${whose} <- Linked: Matrix, SMS ··{${who}}. Messages reach you where you last wrote from; "prefer sms, matrix" changes that. "me" shows what is linked.
${who} <- Linked: SMS, Matrix {${whose}}. Messages reach you where you last wrote from; "prefer matrix, sms" changes that. "me" shows what is linked.
`;
