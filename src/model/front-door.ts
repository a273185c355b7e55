/**
 * Where strangers reach this bridge on a network, as its config has it. The adapter says all that is particular to its network,
 * so that the core needs to know none by name.
 */
export type ConfiguredDoor = {
  /** The network as people know it: `SMS`, `Matrix`. */
  readonly title: string;
  /**
   * A link that opens an app with a code in it, for an ad on the web or a square code on a poster. `{code}` stands where the
   * code goes, URL-encoded; left out where such a link can't hold one.
   */
  readonly link: string;
} & (
  | {
      /** `number`: people text it. `link`: they open the link, since few would type the number into that app. */
      readonly kind: "number" | "link";
      /** E.164 with `+`. */
      readonly number: string;
    }
  /** People write to a user there. */
  | { readonly kind: "user"; readonly user: string }
);

/** A door's link with a code in it; with an empty one, what a code can be put behind. */
export function doorLink({ link }: Pick<ConfiguredDoor, "link">, code: string): string {
  return link.replaceAll("{code}", () => encodeURIComponent(code));
}
