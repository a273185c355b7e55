import type { Capabilities, EncryptionLevel } from "../model/capabilities.ts";
import type { Texts } from "../model/texts.ts";

const LEVELS: readonly EncryptionLevel[] = ["none", "transport", "bridge"];

/** What is said at the beginning of a conversation of its weakest hop, to somebody on `own`, and of what they can't call back. */
export function hopText(own: Capabilities, others: readonly Capabilities[], texts: Texts): string {
  const level = ({ encryption }: Capabilities): number => LEVELS.indexOf(encryption);
  const weakest = [...others, own].reduce((one, other) => (level(other) < level(one) ? other : one));
  const unrecallable = others.filter(({ features }) => features.delete === "none").map(({ title }) => title);
  return texts.weakestHop({
    network: weakest.title,
    encryption: weakest.encryption,
    unrecallable: [...new Set(unrecallable)],
  });
}
