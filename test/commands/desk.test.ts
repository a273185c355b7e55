import { describe, expect, test } from "vitest";
import { decideDesk } from "../../src/commands/desk.ts";
import type { Content } from "../../src/model/content.ts";
import type { Conversation, DeskRecord } from "../../src/model/conversation.ts";
import type { ConversationId, LegId, PersonId, SeatId } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { HOUR, SECOND } from "../../src/model/time.ts";
import type { Circumstances, Decision } from "../../src/routing/effects.ts";
import type { LaneEvent } from "../../src/routing/lane-event.ts";
import { DELETION, edit, membership, picture, TARGET } from "../routing/bodies.ts";
import {
  ANA,
  circumstances,
  event,
  message,
  NOW,
  PHONES,
  ROOM_LEG,
  ROOMS,
  shown,
} from "../routing/fixture.ts";
import { ABOUT, CASES, type Case, questions, REACTIONS, requests, threads } from "./desk.cases.ts";

const SEAT = "desk-seat" as SeatId; // an opaque id, as those below

function deskWith({ asked, onPhone, ...more }: Case[1]): Conversation & { readonly record: DeskRecord } {
  const record: DeskRecord = {
    ...{ origin: "desk", open: true, told: [], requests: [], lastRequest: 0, threads: [] },
    ...more,
    questions: asked === undefined ? {} : { [SEAT]: asked },
  };
  const leg = {
    id: ROOM_LEG as LegId,
    seat: SEAT,
    account: onPhone ? PHONES : ROOMS,
    to: ANA,
    alias: "",
    away: false,
  };
  const seat = { id: SEAT, person: "ana" as PersonId, name: "", state: "accepted" } as const;
  return { id: "desk" as ConversationId, version: 3, gate: 0, record, seats: [seat], legs: [leg] };
}

/** Phones have opt-out words, rooms can be opened. */
function around(): Circumstances {
  const plain = circumstances();
  return {
    ...plain,
    capabilitiesOf: (account) => ({
      ...plain.capabilitiesOf(account),
      ...{ optOutWords: account === PHONES, portals: account === PHONES ? "given" : "opened" },
    }),
  };
}

function decided(happened: LaneEvent, desk: Case[1]): Decision {
  const conversation = deskWith(desk);
  return decideDesk(happened, conversation, conversation.record, around());
}

function check(decision: Decision, { asked }: Case[1], { asks, errand, ignored, says }: Case[2]): void {
  const said = shown(decision.deliveries).map((text) => text.replace(/^room-leg! /, ""));
  expect(decision.ignored).toBe(ignored);
  if (errand === undefined) expect(decision.errand).toBeUndefined();
  else {
    expect(decision.errand).toMatchObject(errand);
    // Frozen under the event's own id, and nothing is said before it is done.
    expect(decision.errand).toMatchObject({ id: "canonical", at: NOW - 1_000 });
    expect(said).toEqual([]);
  }
  if (says !== undefined) {
    expect(said).toHaveLength(1);
    if (typeof says === "string") expect(said).toEqual([says]);
    else expect(said[0]).toMatch(says);
  }
  if (asks === undefined) return;
  const record = decision.changes.find((change) => change.kind === "record")?.record;
  const open = (record?.questions ?? (asked === undefined ? {} : { [SEAT]: asked }))[SEAT];
  if (asks === "same") expect(open).toEqual(asked);
  else expect(open?.kind ?? "nothing").toBe(asks);
}

for (const [about, cases] of Object.entries(CASES)) {
  describe(about, () => {
    test.each(cases)("%s", (text, desk, expected) => {
      check(decided(event(message(text)), desk), desk, expected);
    });
  });
}

describe("a reaction to what the bridge said", () => {
  test.each(REACTIONS)("%s", (emoji, desk, expected) => {
    const body = { kind: "reaction", target: TARGET, emoji } as const;
    check(decided(event(body, "room", { about: ABOUT }), desk), desk, expected);
  });

  test("isn't one to a message that nobody knows, and taking one back says nothing", () => {
    const on = (emoji: string | null, about?: typeof ABOUT) =>
      decided(event({ kind: "reaction", target: TARGET, emoji }, "room", about && { about }), requests(1))
        .ignored;
    expect(on("👍")).toBe("nothing-to-do");
    expect(on(null, ABOUT)).toBe("nothing-to-do");
    expect(on("👍", ABOUT)).toBeUndefined();
  });
});

describe("what is encrypted", () => {
  const encrypted = (desk: Case[1], body = picture("encrypted")) => decided(event(body), desk);
  /** When this event came in. */
  const AT = NOW - SECOND;

  test("sees to a chat that can be read, and that its writer is told so", () => {
    for (const body of [picture("encrypted"), { kind: "malformed", what: "encrypted" } as const]) {
      const { changes, deliveries, errand } = encrypted({ threads: [threads.ana] }, body);
      expect(errand).toEqual({ kind: "readable-desk", id: "canonical", at: AT });
      expect(changes).toMatchObject([{ kind: "record", record: { unreadable: AT } }]);
      expect(deliveries).toEqual([]);
    }
  });

  test("is told again after an hour, and no earlier", () => {
    expect(encrypted({ unreadable: AT - HOUR + 1 })).toMatchObject({
      ...{ ignored: "nothing-to-do", deliveries: [], changes: [] },
    });
    expect(encrypted({ unreadable: AT - HOUR }).errand?.kind).toBe("readable-desk");
  });

  test("leaves a question that is open", () => {
    const record = encrypted({ asked: questions.forget }).changes[0];
    expect(record).toMatchObject({ record: { questions: { [SEAT]: questions.forget } } });
  });

  test("is nothing more than what can't be carried where no other chat can be opened", () => {
    const { deliveries, errand } = encrypted({ onPhone: true, threads: [threads.ana] });
    expect(errand).toBeUndefined();
    expect(shown(deliveries)).toEqual([
      "room-leg! Not delivered to Ana: encrypted messages can't be sent from here yet.",
    ]);
  });

  test("keeps nobody from being read who writes in clear", () => {
    expect(decided(event(message("handles")), { unreadable: AT }).errand?.kind).toBe("command");
  });
});

describe("a question that the bridge asks at a desk", () => {
  test("is open for ten minutes, and knows the message by which it was asked", () => {
    const { changes } = decided(event(message("forget me")), {});
    const record = changes.find((change) => change.kind === "record")?.record;
    expect(record?.questions[SEAT]).toEqual({ kind: "forget-me", until: NOW + 600_000, asked: "canonical" });
  });
});

describe("at a desk", () => {
  test("only the one whom it belongs to is heard", () => {
    const other = event(message("handles"), sensitive("@mallory:example.org"));
    expect(decided(other, {}).ignored).toBe("not-a-participant");
    expect(decided(event(message("handles"), "phone"), {}).ignored).toBe("not-a-participant");
  });

  test("another program's notice is never answered", () => {
    const content: Content = { kind: "notice", text: "handles" };
    expect(decided(event({ kind: "message", content }), {}).ignored).toBe("nothing-to-do");
  });

  test("what can't be carried is told to its writer, where it is clear for whom it is", () => {
    const says = (desk: Case[1], body = picture()) => shown(decided(event(body), desk).deliveries);
    const pictures = "room-leg! Not delivered to Ana: pictures can't be sent from here yet.";
    expect(says({ threads: [threads.ana] })).toEqual([pictures]);
    expect(says({ threads: [threads.ana, threads.leo] })).toEqual([]);
    expect(says({ threads: [threads.ana] }, { kind: "malformed", what: "image" })).toEqual([pictures]);
  });

  test("that calls don't get through is told to who leads a conversation here, and to nobody else", () => {
    const says = (desk: Case[1]) => shown(decided(event(picture("call")), desk).deliveries);
    const told = ["room-leg! Calls don't get through here: write instead."];
    expect(says({ threads: [threads.ana] })).toEqual(told);
    expect(says({ threads: [threads.ana, threads.leo] })).toEqual(told);
    expect(says({})).toEqual([]);
  });

  test("whether its person is in the chat is written down", () => {
    expect(decided(event(membership("left")), {}).changes).toMatchObject([
      { kind: "leg", leg: { away: true } },
    ]);
    expect(decided(event(membership("joined")), {}).ignored).toBe("nothing-to-do");
  });

  test("an invitation is nothing", () => {
    expect(decided(event(membership("invited")), { asked: questions.forget }).ignored).toBe("nothing-to-do");
  });

  test.each([edit("handles"), DELETION])("%o is looked at among the texts that wait", (body) => {
    const decision = decided(event(body), { asked: questions.forget });
    expect(decision.errand).toMatchObject({ kind: "revise" });
    expect(decision.deliveries).toEqual([]);
  });

  test("the same event, snapshot and circumstances give the same decision", () => {
    for (const [text, desk] of Object.values(CASES).flat())
      expect(decided(event(message(text)), desk)).toEqual(decided(event(message(text)), desk));
  });
});
