// What the documents name already and isn't there yet. Each line fails as soon as it is: take it out then.

/** Documents of other parts of this version. */
export const COMING_DOCUMENTS: readonly string[] = [];

/** Commands of the command line, by their first words. */
export const COMING_COMMANDS: readonly string[] = [];
