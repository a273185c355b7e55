import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Clock ticks a second in /proc/PID/stat: 100 on nearly every Linux. */
const TICKS = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
/** Places of utime and stime behind the process's name in /proc/PID/stat (proc_pid_stat(5)). */
const [UTIME, STIME] = [11, 12];

/** CPU time that a process has used so far, user and system, in ms. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[UTIME]) + Number(fields[STIME])) * 1_000) / TICKS;
}

/** Resident memory of a process in MB (2^20 octets). */
export function rssMb(pid: number): number {
  const found = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(found) / 1_024;
}

/** The process with this name among the children of a process. */
export function childNamed(pid: number, name: RegExp): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(/\s+/);
  const found = children.find((child) => name.test(readFileSync(`/proc/${child}/comm`, "utf8")));
  if (found === undefined) throw new Error(`process ${pid} has no child like ${name}`);
  return Number(found);
}
