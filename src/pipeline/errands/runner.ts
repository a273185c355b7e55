import type { Change, Conversation, ConversationRecord, Leg } from "../../model/conversation.ts";
import type { PlannedDelivery } from "../../model/delivery.ts";
import type { Errand } from "../../model/errand.ts";
import type { LegId } from "../../model/ids.ts";
import { notice } from "../../routing/decide.ts";
import type { AcceptedEvent } from "../../store/accepted-event.ts";
import { circumstancesOf } from "../house.ts";
import { commitOwn } from "../own-commit.ts";
import { type Ending, type ErrandScene, LAST_STEP, type Office, stepId } from "./errand.ts";
import { errands } from "./table.ts";

/** Does what was decided on a lane and needs more than its conversation, before the lane goes on. */
export class ErrandRunner {
  readonly #office: Office;

  constructor(office: Office) {
    this.#office = office;
  }

  /**
   * Does the errand that is open on a leg, if there is one. One whose event is no longer at the head of the lane (it was
   * buried) is only ended.
   * @throws StoreAway; whatever the errand throws: then it is tried again with its event
   */
  async finish(conversation: Conversation, leg: Leg, event: AcceptedEvent): Promise<void> {
    const errand = conversation.record.errands?.[leg.id];
    if (errand === undefined) return;
    const ending = errand.id === event.canonical ? await this.#do(conversation, leg, event, errand) : {};
    await this.#end(conversation, leg, event, errand, ending);
  }

  async #do(conversation: Conversation, leg: Leg, event: AcceptedEvent, errand: Errand): Promise<Ending> {
    const seat = conversation.seats.find(({ id }) => id === leg.seat);
    if (seat === undefined) throw new Error("an errand was decided for a seat that isn't there");
    const scene: ErrandScene = { ...this.#office, conversation, leg, seat, event };
    const handler = errands[errand.kind];
    if (handler === undefined) throw new Error(`nobody does an errand of this kind: ${errand.kind}`);
    // The table has each kind's own handler under its name.
    return handler(scene, errand as never);
  }

  async #end(
    { id }: Conversation,
    leg: Leg,
    { acceptedAt }: AcceptedEvent,
    errand: Errand,
    ending: Ending,
  ): Promise<void> {
    const { house, committer } = this.#office;
    const what = { conversation: id, canonical: stepId(errand.id, LAST_STEP), acceptedAt };
    await commitOwn(house, committer, what, (now) => {
      const record = withoutErrand(ending.record?.(now.record) ?? now.record, leg.id);
      const more = ending.more?.(now) ?? { changes: [], deliveries: [] };
      const circumstances = circumstancesOf(house);
      const said = (ending.say ?? []).map((text): PlannedDelivery => notice(leg, text, circumstances));
      const changes: Change[] = [{ kind: "record", record }, ...more.changes];
      return { changes, deliveries: [...said, ...more.deliveries] };
    });
  }
}

function withoutErrand(record: ConversationRecord, leg: LegId): ConversationRecord {
  const { [leg]: _done, ...errands } = record.errands ?? {};
  return { ...record, errands };
}
