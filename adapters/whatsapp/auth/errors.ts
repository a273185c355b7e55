/** The account's keys can't be read. They are never replaced by new ones: that would be another device. */
export class AuthUnreadable extends Error {
  override readonly name = "AuthUnreadable";

  constructor(options?: ErrorOptions) {
    super(
      "the account's keys can't be read: put back the keys of the state folder, or log the account out and pair it again",
      options,
    );
  }
}

/** The account's keys are older than what was written last: with them messages would be lost in silence. */
export class AuthRolledBack extends Error {
  override readonly name = "AuthRolledBack";

  constructor() {
    super("the account's keys were put back to an older state: pair the account again");
  }
}
