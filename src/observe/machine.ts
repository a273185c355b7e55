import { readFileSync } from "node:fs";
import { totalmem } from "node:os";

/** What this machine, or the container in it, gives to this process. */
export interface Machine {
  /** How many files and sockets may be open at a time; undefined where the system doesn't tell. */
  readonly openFiles: number | undefined;
  /** Octets of memory that there are, and that could be had now. */
  readonly memory: { readonly total: number; readonly free: number };
}

/** Reads it. Never throws. */
export function readMachine(): Machine {
  const allowed = process.constrainedMemory();
  const total = allowed > 0 ? Math.min(allowed, totalmem()) : totalmem();
  return { openFiles: openFiles(), memory: { total, free: process.availableMemory() } };
}

/** Linux has it in `/proc`; Node itself raised the soft limit to the hard one when it started. */
function openFiles(): number | undefined {
  let limits: string;
  try {
    limits = readFileSync("/proc/self/limits", "latin1");
  } catch {
    return undefined;
  }
  const [, soft] = /^Max open files\s+(\d+|unlimited)/m.exec(limits) ?? [];
  if (soft === undefined) return undefined;
  return soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
}
