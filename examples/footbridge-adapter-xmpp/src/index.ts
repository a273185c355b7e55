import type { AdapterModule } from "footbridge/adapter";
import { XmppAccount } from "./account.ts";
import { canonicalJid } from "./address.ts";
import { XMPP } from "./capabilities.ts";
import { type XmppConfig, xmppConfig } from "./config.ts";

/** XMPP, for Footbridge: what its config names by `package` and `network: xmpp`. */
export const adapter: AdapterModule<XmppConfig> = {
  network: XMPP,
  config: xmppConfig,
  canonical: canonicalJid,
  rooms: true,
  open: (config, host) => new XmppAccount(config, host),
};
