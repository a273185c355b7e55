// The daemon between two loopback networks, `here` and `there`, with one pair over them, which no config file can have:
// `node loopback-pair-main.ts <config.yaml>`. It writes its log to stdout and ends in order with SIGTERM.

import { loadConfig } from "../../src/config/index.ts";
import { adapters, startDaemon } from "../../src/daemon.ts";
import { accountId, networkName } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";

const configPath = process.argv[2] ?? "";
const party = (account: string, address: string, name: string) => ({
  ...{ network: networkName("loopback"), account: accountId(account), name },
  address: sensitive(address),
});
const daemon = await startDaemon({
  config: {
    ...loadConfig(configPath, { adapters, env: {} }),
    pairs: [{ parties: [party("here", "ana.canary", "Ana"), party("there", "leo.canary", "Leo")] }],
  },
  configPath,
});
process.on("SIGTERM", () => void daemon.stop("SIGTERM").then(() => process.exit(0)));
