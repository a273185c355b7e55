import { createSecretKey } from "node:crypto";

/** Wraps the keys of all worlds. */
export const TEST_KEK = createSecretKey(Buffer.alloc(32, 7));
