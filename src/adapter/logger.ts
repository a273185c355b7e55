export type { LogFields, Logger } from "../observe/log.ts";
