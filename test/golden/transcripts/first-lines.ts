// How transcripts begin.

/** A seller makes a handle; `{day}` is 30 days from now. */
export const MAKE_HANDLE = `
seller -> handle new bike for 30d
seller <- Handle for "bike": {code} (until {day}). Put one of these in your ad:
          Text {code} to +1 555 0100
          Matrix: message @footbridge:example.org and send {code}
          People see "bike" and nothing else about you. "handle off bike" ends it, "handles" lists them.
`;

/** A buyer writes to it from a phone, twice. */
export const FIRST_CONTACT = `${MAKE_HANDLE}
buyer  -> {CODE} hi is the bike still there?
buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 1 for "bike" from {name} (SMS, not encrypted): "hi is the bike still there?"
          1 accept · 2 decline · 3 block
buyer  -> I can come today
buyer  <- Kept for "bike" until they answer.
`;

/** The seller is on Matrix and accepts. */
export const ACCEPTED = `${FIRST_CONTACT}
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- hi is the bike still there?
seller [{name} · bike] <- I can come today
seller [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "bike" accepted. What you text here goes to them.
`;
