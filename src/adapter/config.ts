// What the schema of an adapter's config needs beside zod.
export { secret } from "../config/sensitive-text.ts";
