import type { Element } from "@xmpp/component";
import { localPart, personOf } from "./address.ts";
import { type Between, features, presence, vcard } from "./compose.ts";
import type { XmppConfig } from "./config.ts";
import type { Ghosts } from "./ghosts.ts";
import { OWN_NAME } from "./outbound.ts";
import type { XmppPortal } from "./portal.ts";

/** Who lives at our domain, as the people see them who may. */
export class Residents {
  readonly #config: Pick<XmppConfig, "domain" | "desk">;
  readonly #ghosts: Ghosts;

  constructor(config: Pick<XmppConfig, "domain" | "desk">, ghosts: Ghosts) {
    this.#config = config;
    this.#ghosts = ghosts;
  }

  /** The two sides of what came, and the name of ours; undefined when there is nobody whom this person may reach. */
  async reached({ attrs }: Element): Promise<(XmppPortal & { readonly name: string }) | undefined> {
    const ours = localPart(attrs.to, this.#config.domain);
    const person = personOf(attrs.from);
    if (ours === undefined || person === undefined) return undefined;
    if (ours === this.#config.desk) return { ours, person, name: OWN_NAME, own: true };
    const ghost = await this.#ghosts.of(ours);
    return ghost?.person === person ? { ours, person, name: ghost.name } : undefined;
  }

  /** What a presence is answered with: whoever asks to see one of ours may, if it is there for them. */
  async answer(stanza: Element): Promise<readonly Element[]> {
    const { type, from, to } = stanza.attrs;
    if (from === undefined || to === undefined) return [];
    const back: Between = { from: to.split("/", 1)[0] ?? "", to: from.split("/", 1)[0] ?? "" };
    const reached = await this.reached(stanza);
    if (reached === undefined) return type === "subscribe" ? [presence(back, { type: "unsubscribed" })] : [];
    const { name } = reached;
    if (type === "subscribe") return [presence(back, { type: "subscribed" }), presence(back, { name })];
    return type === "probe" || type === "subscribed" ? [presence(back, { name })] : [];
  }

  async vcard(query: Element): Promise<Element | undefined> {
    const reached = await this.reached(query);
    return reached && vcard(reached.name);
  }

  async features(query: Element): Promise<Element | undefined> {
    if (query.attrs.to === this.#config.domain) return features(OWN_NAME);
    const reached = await this.reached(query);
    return reached && features(reached.name);
  }
}
