// How transcripts with WhatsApp in them begin.

/** Somebody makes a handle, on whatever network. */
export const handle = (who: string, label: string, code: string): string => `
${who} -> handle new ${label}
${who} <- Handle for "${label}": {${code}}. Put one of these in your ad:
          Text {${code}} to +1 555 0100
          WhatsApp: https://wa.me/15550199?text={${code}}
          Matrix: message @footbridge:example.org and send {${code}}
          People see "${label}" and nothing else about you. "handle off ${label}" ends it, "handles" lists them.
`;

/** `ana` writes to the handle "bike" from Matrix, and the seller takes her. */
export const ANA_ACCEPTED = `
ana    -> {code1} is it still there?
ana    <- Sent to "bike". You'll read here when they answer. They don't see your account. "help" for more.
seller <- Request 1 for "bike" from {name1} (Matrix, encrypted in transit): "is it still there?"
          1 accept · 2 decline · 3 block
seller -> 1 accept
seller <- Accepted. {name1} writes to you here.
seller <- is it still there?
seller <- Weakest hop: Matrix, encrypted in transit. Matrix can't be recalled. /help
ana    <- "bike" accepted. The conversation is in the room "bike".
ana [bike] <- Weakest hop: Matrix, encrypted in transit. WhatsApp can't be recalled. /help
`;

/** `leo` writes to the handle "lamp" by SMS, as the second one. */
export const LEO_ACCEPTED = `
leo    -> {code2} how tall is it?
leo    <- Sent to "lamp". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 2 for "lamp" from {name2} (SMS, not encrypted): "how tall is it?"
          1 accept · 2 decline · 3 block
seller -> 2 accept
seller <- Accepted. {name2} writes to you here.
seller <- {name2} · lamp: how tall is it?
seller <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
leo    <- "lamp" accepted. What you text here goes to them.
`;

/** Once, when a second conversation is open in a chat. */
export const OFFER = "Want each conversation as its own group? Send /groups on.";

/** A seller on WhatsApp has both of them in one chat. */
export const TWO_BUYERS = `${handle("seller", "bike", "code1")}${handle("seller", "lamp", "code2")}${ANA_ACCEPTED}${LEO_ACCEPTED}seller <- ${OFFER}
`;

/** All commands with a line each, as help has them in a chat that is the bridge's and a conversation's at once. */
export const HELP_LINES = `
          /handle new LABEL [for 30d]: A code by which others reach you, instead of your number
          /handles: Lists your handles
          /handle links LABEL: Gives links that open an app with a handle's code in it, for a web page or a poster
          /handle off LABEL: Ends a handle; its conversations go on
          /requests: Lists the requests that wait for your answer
          /accept [NUMBER]: Accepts a request
          /decline [NUMBER]: Declines a request; they are told
          /link: Links another account of yours with this one; both have to say yes
          /unlink [NETWORK]: Undoes a link: of this account, or of one on another network
          /me: Shows which accounts of yours are linked
          /prefer NETWORK, NETWORK: Says where messages reach you; "prefer last" is where you last wrote from
          /list: Lists the conversations of this chat; a number says whom your next texts are for
          /groups on|off: Gives each conversation a group of its own, or leads all of them in this chat
          /block [NAME]: Blocks somebody, on all networks; they aren't told
          /blocked: Lists whom you have blocked
          /unblock NAME: Undoes a block
          /mute [NAME]: Mutes somebody, on all networks; they aren't told
          /unmute [NAME]: Undoes a mute
          /name NAME: Changes your name in a conversation; the others are told
          /guard on|off: Whether you are asked before a text gives a number or an address away
          /export: Gives you what is stored about you
          /forget me: Deletes what is stored about you, after a question
          /help [COMMAND]: Lists the commands, or says more about one
`.trim();

/** The end of what `export` gives. */
export const EXPORT_END = `Beside that, for at most 30 days: which message on one network is which on another; for at most 48 hours: how much of the limits you used. "forget me" ends what is listed above; this goes by itself.`;
