/** Nothing can be taken now: the store is full or away, or the daemon stops. The network shall come again later. */
export class IntakeRefused extends Error {
  override readonly name = "IntakeRefused";
  readonly why: "store-full" | "store-away" | "stopping";

  constructor(why: "store-full" | "store-away" | "stopping", options?: ErrorOptions) {
    super(
      `intake is closed (${why}): answer with a temporary error, so that the network sends it again`,
      options,
    );
    this.why = why;
  }
}

/** Another worker has this delivery now: stop, and send nothing more. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";

  constructor(options?: ErrorOptions) {
    super("the lease of this delivery was lost: end this try without another request", options);
  }
}

/** The network has to be asked something and can't be reached now: it is asked again a little later. */
export class TryLater extends Error {
  override readonly name = "TryLater";

  constructor(options?: ErrorOptions) {
    super("the network can't be asked now: ask again in a moment", options);
  }
}

/** Something is stored that can't be opened: its key is gone, or it isn't what was stored. It is never taken for nothing. */
export class StorageUnreadable extends Error {
  override readonly name = "StorageUnreadable";

  constructor(options?: ErrorOptions) {
    super(
      "what the account has stored can't be opened: put its keys back, or log the account out and pair it again",
      options,
    );
  }
}
