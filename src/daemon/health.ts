import type { AccountState } from "../adapter/account.ts";
import { type HealthCheck, type HealthReport, type HealthSource, healthReport } from "../http/health.ts";
import type { AccountId } from "../model/ids.ts";
import { type Clock, MINUTE, type Milliseconds, SECOND } from "../model/time.ts";
import type { Workplace } from "../pipeline/leg.ts";
import type { Pipeline } from "../pipeline/pipeline.ts";
import { keys } from "../store/keys.ts";
import type { Heartbeat } from "./heartbeat.ts";

/**
 * Work that makes no step for so long, while Redis answers, hangs by a fault of ours: each call to a network ends by itself long
 * before. One restart too many costs more than minutes.
 */
export const STALLED: Milliseconds = 15 * MINUTE;
/** A private Redis that says nothing for so long comes back only with the daemon; reading a large file takes it minutes. */
export const REDIS_SILENT: Milliseconds = 10 * MINUTE;
/** Calls wait for a moment whenever a slot moves; for so long when it is large, or was left half moved. */
export const SLOT_HELD: Milliseconds = 3 * SECOND;

/** The parts that are looked at, once they are there. */
interface Parts {
  readonly redis: "embedded" | "external";
  readonly heartbeat: Heartbeat;
  readonly pipeline: Pick<Pipeline, "isOpen" | "lanes" | "legs" | "sweeper">;
  readonly workplaces: ReadonlyMap<AccountId, Pick<Workplace, "gate">>;
  /** The schema version that was found at the start. */
  readonly schema: string;
}

/**
 * Answers for the daemon's health, from before its parts are there until it has stopped. Live means that a restart wouldn't help:
 * neither a network that is away nor a Redis of somebody else's makes it fail.
 */
export class Health implements HealthSource {
  readonly #clock: Clock;
  #parts: Parts | undefined;
  #started = false;
  #stopping = false;
  #openUntil: Milliseconds = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The parts are there, and being started. */
  built(parts: Parts): void {
    this.#parts = parts;
  }

  /** All of them work. */
  started(): void {
    this.#started = true;
    this.#openUntil = this.#clock.monotonic();
  }

  /** Nothing is taken in any more. */
  stopping(): void {
    this.#stopping = true;
  }

  live(): HealthReport {
    const parts = this.#parts;
    if (parts === undefined || !this.#started || this.#stopping) return healthReport([]);
    return healthReport([
      this.#pipelineMoves(parts),
      this.#moves("lanes", parts, parts.pipeline.lanes.oldestStep),
      this.#moves("legs", parts, parts.pipeline.legs.oldestStep),
      this.#moves("sweeper", parts, parts.pipeline.sweeper.oldestStep),
      redisLives(parts),
    ]);
  }

  async ready(): Promise<HealthReport> {
    const phase = [
      check("start", this.#started, "done", "starting"),
      check("stop", !this.#stopping, "not asked for", "stopping"),
    ];
    const parts = this.#parts;
    if (parts === undefined) return healthReport(phase);
    const { heartbeat, pipeline, schema, workplaces } = parts;
    // One answer after the other: what isn't answered needn't be waited for twice.
    const found = await heartbeat.answer("HGET", keys.meta, "schema");
    const memory = found === undefined ? undefined : await heartbeat.answers("INFO", "memory");
    return healthReport(
      [
        ...phase,
        check("redis", found !== undefined, "answers", "doesn't answer"),
        check(
          "room",
          memory === undefined || memory.every((info) => hasRoom(String(info))), // a full master closes intake
          "is there",
          "its memory is full",
        ),
        check(
          "slots",
          heartbeat.held < SLOT_HELD,
          "nothing waits for one",
          "calls wait for one that is on its way or half moved",
        ),
        check(
          "schema",
          found === undefined || found.reply === undefined || String(found.reply) === schema,
          "as at the start",
          "not the one that this process started with",
        ),
        check("pipeline", pipeline.isOpen, "open", "closed"),
      ],
      {
        all: workplaces.size,
        working: [...workplaces.values()].filter(({ gate }) => works(gate.state)).length,
      },
    );
  }

  /** Redis answers, and yet nothing is taken in. */
  #pipelineMoves({ heartbeat, pipeline }: Parts): HealthCheck {
    const now = this.#clock.monotonic();
    if (pipeline.isOpen) this.#openUntil = now;
    const closed = Math.min(now - this.#openUntil, heartbeat.answering);
    return check("pipeline", closed < STALLED, "moves", "closed for long, although Redis answers");
  }

  /** @param step when the last step was, of what waits longest for its next */
  #moves(
    name: "lanes" | "legs" | "sweeper",
    { heartbeat }: Parts,
    step: Milliseconds | undefined,
  ): HealthCheck {
    const still = step === undefined ? 0 : this.#clock.monotonic() - step;
    const isStalled = Math.min(still, heartbeat.answering) >= STALLED;
    return check(name, !isStalled, "moves", "no step for long, although Redis answers");
  }
}

/** A restart brings a Redis of our own back; of another one it changes nothing. */
function redisLives({ redis, heartbeat }: Parts): HealthCheck {
  if (redis === "external") return { check: "redis", ok: true, found: "a restart wouldn't help it" };
  return check("redis", heartbeat.silent < REDIS_SILENT, "answers, or is waited for", "silent for long");
}

function check(name: HealthCheck["check"], ok: boolean, well: string, ill: string): HealthCheck {
  return { check: name, ok, found: ok ? well : ill };
}

function hasRoom(info: string): boolean {
  const used = Number(/^used_memory:(\d+)/m.exec(info)?.[1] ?? 0);
  const most = Number(/^maxmemory:(\d+)/m.exec(info)?.[1] ?? 0);
  return most === 0 || used < most;
}

function works({ kind }: AccountState): boolean {
  return kind === "connected" || kind === "degraded";
}
