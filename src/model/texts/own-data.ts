/** What is said about what is stored about somebody. */
export interface OwnDataTexts {
  forgetQuestion(): string;
  /** Sagas run: it isn't done yet. */
  forgetting(): string;
  /** The last text that they get. */
  forgotten(): string;
  /** They said no, or nothing. */
  notForgotten(): string;
  /** Before what is stored. */
  exported(): string;
}

/** In English. */
export const ownDataEnglish: OwnDataTexts = {
  forgetQuestion: () =>
    "Forget you? Your handles, links and conversations end, and the others are told. It can't be undone. 1 yes · 2 no",
  forgetting: () => "Forgetting you. You are told when it is done.",
  forgotten: () => "You are forgotten. Only marks of STOP and of blocks stay, so that they go on counting.",
  notForgotten: () => "Nothing was forgotten.",
  exported: () => "This is what is stored about you:",
};
