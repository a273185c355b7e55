import type { Dice } from "./dice.ts";
import type { World } from "./world.ts";

/** What is stopped; two things may be stopped at a time, one of each. */
export type Target = "daemon" | "homeserver" | "smsc" | "whatsapp";

/** A kind of stop. */
export interface Fault {
  readonly name: string;
  readonly target: Target;
  /** How often it comes, among the others. */
  readonly weight: number;
  /** Whether it can go on for 10 s. */
  readonly canLast: boolean;
  /** Whether a text to a phone may be under way when it happens, of which nobody then knows whether it arrived. */
  readonly unsettles: boolean;
  /** Does it, undoes it after `span` ms, and says what exactly it was. */
  run(world: World, dice: Dice, span: number): Promise<string>;
}
