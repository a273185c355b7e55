// Makes keys until it is killed; file-key-store.test.ts starts it. Prints the id of each key that is durable.
import { argv, env, stdout } from "node:process";
import { Sensitive } from "../../src/model/sensitive.ts";
import { systemClock } from "../../src/observe/clock.ts";
import { createLogger } from "../../src/observe/logger.ts";
import { createRandom } from "../../src/observe/random.ts";
import { openFileKeyStore } from "../../src/privacy/file-key-store.ts";
import { loadKek } from "../../src/privacy/kek.ts";

const folder = argv[2] ?? "";
const random = createRandom();
const kek = await loadKek(
  { kind: "value", value: new Sensitive(env.KEK ?? "") },
  { random, keyFolder: folder },
);
const log = createLogger({ level: "silent" });
const store = await openFileKeyStore({ folder, kek, clock: systemClock, log });
for (let bucket = 0; ; bucket++) {
  const key = await store.create({ purpose: "bucket", bucket: bucket % 1024, generation: bucket });
  stdout.write(`${key.id}\n`);
}
