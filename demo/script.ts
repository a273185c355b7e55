// What is said: Ana and Leo say twenty texts each, no two alike, so that one that comes twice is seen.

/** How many texts each of the two sends. */
export const EACH = 20;

/** A text as it is typed, and as the other phone has to show it where that differs. */
export interface Line {
  readonly text: string;
  /** Formatted text on Matrix, with `text` as its plain form. */
  readonly html?: string;
  readonly shown?: string;
  /** It waits for the seller's yes. */
  readonly waits?: boolean;
}

/** Leo's first text: the code as people type it, in capitals, with spaces and a greeting before it. */
export function firstText(code: string): Line {
  const typed = code.toUpperCase().replaceAll("-", " ");
  return {
    text: `Hi! ${typed} Is the cargo bike still there?`,
    shown: "Hi! Is the cargo bike still there?",
    waits: true,
  };
}
export const KEPT: Line = { text: "I could come today.", waits: true };
export const FIRST_ANSWER = "Hi! Yes, it is. You are the first who asks.";

/** In turn, Leo first. */
export const CHAT = [
  ["Great 🎉 How old is it?", "Three years, one owner: me."],
  ["And the battery?", "500 Wh, still takes about 60 km 🔋"],
  ["Does the rain cover come with it?", "It does, and two child seats."],
  ["Hm, 1.750 €?", "1.820 €, and you get the lock 🔒"],
  ["Deal 🤝", "Wonderful!"],
] as const;

/** Typed quickly, one behind the other: order shows here. */
export const BURST = {
  leo: ["One more thing:", "does it fit through a door of 80 cm?", "Ours is narrow."],
  ana: ["Wait, I'll measure.", "78 cm at the handlebars.", "So yes, if you breathe in 😅"],
} as const;

export const LONG = {
  leo:
    "My sister 👩‍🔧 repairs bikes and asks: are the brake pads new, has the chain been changed, does the motor make " +
    "any noise 🔊 uphill, and is there a receipt 🧾 from the shop? Sorry for the many questions, it is the first " +
    "cargo bike in our family 👨‍👩‍👧‍👦 and we want to be sure!",
  ana:
    "No problem at all 😊 The pads are from May 🛠️, the chain from last year, and the motor only hums a little when " +
    "it carries both kids and the shopping 🥖🧀🍎 up our hill ⛰️. The receipt 🧾 and the second key 🔑 are in the " +
    "drawer, you'll get both. Bring your sister, she may take it for a ride 🚲💨",
} as const;

export const FORMATTED: Line = {
  text: "The shop that looks after it: Velo Norte, open until six",
  html: 'The shop that looks after it: <a href="https://velo.example/norte">Velo Norte</a>, open until <b>six</b>',
  shown: "The shop that looks after it: Velo Norte (https://velo.example/norte), open until six",
};
/** From the extension table of the GSM alphabet, where each takes two places. */
export const SIGNS = "They say [open] on their page, ~ 5 € for a {check} ^^";

export const OUTAGE = {
  leo: "I'm in the tunnel now, do you get this?",
  ana: "My app had no server for a moment. Here!",
};
export const SWITCHED = {
  leo: "Can I still write to you when you are out?",
  ana: "Yes, this comes from my pocket phone 📱",
};
/** Over the kill, Kim writes too, and has an answer while the bridge is stopped. */
export const KILL = {
  leo: "Leaving now, there by half past.",
  ana: "Good, ring twice, the bell is shy.",
  kim: "If he doesn't come, I will!",
};
export const STOPPED = {
  leo: "Which floor?",
  ana: "Third. The lift works today 🛗",
  anaToKim: "He is on his way, I'm afraid.",
};
export const BOTH = {
  leo: ["I see", "a green door", "and a cat in the window. Is it you? 🐈"],
  ana: ["That's us!", "The cat", "is Pixel.", "She decides who gets the bike. 😸"],
} as const;
export const BACK = { leo: "I'm back. Thanks again for the bike!", ana: "Enjoy it! Pixel misses it." };

/** What others say, and what must not arrive. */
export const OTHERS = {
  kim: "Is the bike electric?",
  anaToKim: "It is, but it's promised already. Sorry!",
  vic: ["give me the bike for 20", "ANSWER ME", "i know where you live"],
  mia: "is the bike still for sale?",
  unwanted: "Leo, you forgot the rain cover here!",
} as const;
