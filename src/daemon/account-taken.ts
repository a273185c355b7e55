/** Another process has taken an account over. */
export class AccountTaken extends Error {
  override readonly name = "AccountTaken";

  constructor(account: string) {
    super(
      `another process has the account ${account} now: run one daemon for each account, or give each its own Redis`,
    );
  }
}
