import { withoutOldEndings } from "../../routing/threads.ts";
import type { Timer } from "../../store/timers.ts";
import type { Office } from "../errands/errand.ts";
import { dueStep } from "./step.ts";

/** A desk forgets which conversations ended there a day ago. @throws StoreAway */
export async function endTraces(office: Office, timer: Timer): Promise<void> {
  await dueStep(office, timer, timer.conversation, ({ record }) => {
    if (record.origin !== "desk" || record.ended === undefined) return undefined;
    const next = withoutOldEndings(record, office.house.clock.now());
    return { changes: [{ kind: "record", record: next }], deliveries: [] };
  });
}
