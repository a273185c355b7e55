import type { AdapterModule } from "../../src/adapter/index.ts";
import { MatrixAccount } from "./account.ts";
import { MATRIX } from "./capabilities.ts";
import { checkMatrix } from "./check/index.ts";
import { type MatrixConfig, matrixConfig } from "./config.ts";
import { canonicalUser } from "./names.ts";
import { registrationYaml } from "./registration.ts";

export type { MatrixConfig } from "./config.ts";
export {
  type RegisteredNames,
  type Registration,
  type RegistrationConfig,
  registrationOf,
  registrationYaml,
} from "./registration.ts";

/** The Matrix adapter. */
export const matrix: AdapterModule<MatrixConfig> = {
  network: MATRIX,
  config: matrixConfig,
  canonical: (address) => canonicalUser(address),
  rooms: true,
  open: (config, host) => new MatrixAccount(config, host),
  check: checkMatrix,
  registration: {
    secrets: { as_token: ["appservice", "asToken"], hs_token: ["appservice", "hsToken"] },
    text: registrationYaml,
  },
};
