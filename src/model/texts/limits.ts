/** What is said when somebody does more than the limits allow. `until`: a time of the day. */
export interface LimitTexts {
  /** Wrong codes of this account. */
  wrongCodes(pause: { until: string }): string;
  /** Wrong codes of everybody: somebody is guessing. */
  codesPaused(pause: { until: string }): string;
  /** New people that somebody writes to. */
  newContacts(pause: { until: string }): string;
  /** Texts of one account or person: this one wasn't taken. */
  tooFast(pause: { until: string }): string;
  /** Commands of one account. */
  tooManyCommands(pause: { until: string }): string;
}

/** In English. */
export const limitsEnglish: LimitTexts = {
  wrongCodes: ({ until }) => `Too many wrong codes. No code is taken from you until ${until}.`,
  codesPaused: ({ until }) =>
    `No codes are taken now, since somebody is guessing them. Try again after ${until}.`,
  newContacts: ({ until }) => `Not sent: you wrote to many new people. Try again after ${until}.`,
  tooFast: ({ until }) => `Not sent: too much in a short time. Try again after ${until}.`,
  tooManyCommands: ({ until }) => `Not done: too many commands in a short time. Try again after ${until}.`,
};
