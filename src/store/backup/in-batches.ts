/** So many writes are on their way at a time. */
const AT_A_TIME = 128;

/** Writes side by side, so that each doesn't wait for the disk alone. */
export class InBatches {
  #underWay: Promise<void>[] = [];

  async add(write: () => Promise<void>): Promise<void> {
    const writing = write();
    writing.catch(() => undefined); // looked at in `done`
    this.#underWay.push(writing);
    if (this.#underWay.length >= AT_A_TIME) await this.done();
  }

  /** All that was added is written. @throws what the first that failed did */
  async done(): Promise<void> {
    const writing = this.#underWay;
    this.#underWay = [];
    await Promise.all(writing);
  }
}
