import type { Finding } from "../adapter/check.ts";
import type { Machine } from "../observe/machine.ts";

/** Each person who is written to may need a connection, and Redis and the files of keys some more. */
const FEW_FILES = 1_024;
const NO_FILES = 128;
/** Octets: what a daemon takes with its Redis under full load; and what a running one may need for a moment. */
const FOR_A_START = 300e6;
const FOR_A_MOMENT = 64e6;

/** Whether this machine gives the daemon what it needs. `running`: it has its own share already. */
export function checkMachine({ openFiles, memory }: Machine, running: boolean): readonly Finding[] {
  return [...files(openFiles), room(memory, running)];
}

function files(open: number | undefined): readonly Finding[] {
  const check = "open files";
  if (open === undefined) return [];
  const found = Number.isFinite(open) ? `${open} may be open at a time` : "any number may be open at a time";
  if (open >= FEW_FILES) return [{ check, status: "ok", found }];
  const remedy = `raise the limit to ${FEW_FILES} or more (ulimit -n, LimitNOFILE=, --ulimit nofile)`;
  return [{ check, status: open < NO_FILES ? "problem" : "warning", found, remedy }];
}

function room({ total, free }: Machine["memory"], running: boolean): Finding {
  const check = "memory";
  const found = `${megabytes(free)} of ${megabytes(total)} can be had`;
  if (free >= (running ? FOR_A_MOMENT : FOR_A_START)) return { check, status: "ok", found };
  const remedy = "give the machine or the container more, or end what takes it: the daemon needs 300 MB";
  return { check, status: "warning", found, remedy };
}

function megabytes(octets: number): string {
  return `${Math.round(octets / 1e6)} MB`;
}
