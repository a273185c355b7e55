/** What a text can give away of its writer. */
export type GivenAway = "phone" | "email" | "account" | "contact";

/** What the content guard says. */
export interface GuardTexts {
  /** The answers are `1`, `2`, `3`. The text is held meanwhile. */
  guardQuestion(about: { what: GivenAway; name: string }): string;
  /** After "always". */
  guardAlways(): string;
  guardOn(): string;
  guardOff(): string;
}

const GIVEN_AWAY: Readonly<Record<GivenAway, string>> = {
  phone: "a phone number",
  email: "an e-mail address",
  account: "an account's name",
  contact: "a contact",
};

/** In English. */
export const guardEnglish: GuardTexts = {
  guardQuestion: ({ what, name }) =>
    `Your text gives ${GIVEN_AWAY[what]} away to ${name}. 1 send · 2 don't · 3 always`,
  guardAlways: () => 'Sent. You won\'t be asked again; "/guard on" changes that.',
  guardOn: () => "From now on you are asked before a text gives a number or an address away.",
  guardOff: () => 'You won\'t be asked any more when a text gives an address away; "/guard on" changes that.',
};
