import { pause } from "./wait.ts";

/** Stops a process in its tracks for a while; one that runs in this process can't be. */
export async function frozen(pid: number | undefined, span: number): Promise<string> {
  const stopped = signalled(pid, "SIGSTOP");
  await pause(span);
  signalled(pid, "SIGCONT");
  return stopped;
}

/** Sends a signal, and says what came of it. */
export function signalled(pid: number | undefined, signal: NodeJS.Signals): string {
  if (pid === undefined || pid === 0) return "nothing to stop";
  try {
    process.kill(pid, signal);
    return signal;
  } catch {
    return "it had ended";
  }
}
