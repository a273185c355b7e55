import type { AccountHost, AdapterModule } from "../../src/adapter/index.ts";
import { SmsAccount } from "./account.ts";
import { SMS } from "./capabilities.ts";
import { checkSms } from "./check.ts";
import { type SmsConfig, smsConfig } from "./config.ts";
import { e164 } from "./numbers.ts";

export type { SmsConfig } from "./config.ts";

/** SMS by SMPP 3.4: an account is a pool of numbers, the SMSCs that carry it are its links. */
export const smsAdapter: AdapterModule<SmsConfig> = {
  network: SMS,
  config: smsConfig,
  canonical: (address) => e164(address),
  open: (config: SmsConfig, host: AccountHost) => new SmsAccount(config, host),
  check: checkSms,
};
