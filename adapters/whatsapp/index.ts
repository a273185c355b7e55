import type { AccountHost, AdapterModule } from "../../src/adapter/index.ts";
import { WhatsAppAccount } from "./account.ts";
import { WHATSAPP } from "./capabilities.ts";
import { checkWhatsApp } from "./check.ts";
import { type WhatsAppConfig, whatsAppConfig } from "./config.ts";
import { canonicalAddress } from "./people.ts";

/** WhatsApp: an account is a linked device of a phone of ours, on Baileys. */
export const whatsAppAdapter: AdapterModule<WhatsAppConfig> = {
  network: WHATSAPP,
  config: whatsAppConfig,
  answersOnly: true,
  canonical: canonicalAddress,
  open: (config: WhatsAppConfig, host: AccountHost) => new WhatsAppAccount(config, host),
  check: checkWhatsApp,
};
