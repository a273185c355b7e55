/** A whole text as a phone shows it. */
export interface PhoneText {
  readonly phone: string;
  readonly text: string;
  /** ms since 1970 */
  readonly at: number;
}

/** A text that an SMSC is to bring in. */
export interface PhoneSend {
  readonly phone: string;
  /** The number of ours that it goes to. */
  readonly number: string;
  readonly text: string;
  /** Joins its parts, where it takes several. */
  readonly reference: number;
  /** Which parts are sent, from 1; all when left out. */
  readonly parts?: readonly number[];
}

/** The SMSC, as a scenario drives it. What it took it never forgets, as a real one with a disk. */
export interface SmscSide {
  readonly port: number;
  readonly pid: number | undefined;
  onText: (text: PhoneText) => void;
  /** It read that a deliver_sm of its is taken, by the sequence number: it knows that also when it is killed right then. */
  onAnswer: (sequence: number) => void;
  /**
   * Sends the parts of a text in; the status of each part's answer, in the order of `parts`, negative for those that weren't
   * answered. Undefined when it isn't known how many parts there are, since none was sent.
   */
  deliver(send: PhoneSend): Promise<readonly number[] | undefined>;
  end(): Promise<void>;
  begin(): Promise<void>;
  stop(): Promise<void>;
}
