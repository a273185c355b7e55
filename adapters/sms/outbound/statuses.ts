import type { Reason } from "../../../src/model/index.ts";

/**
 * What a `command_status` of submit_sm_resp means for the message (SMPP 3.4, 5.1.3).
 * `throttled`: the whole link is too fast. `temporary`: this message later. `refused`: never.
 */
type Verdict =
  | { readonly kind: "throttled" }
  | { readonly kind: "temporary"; readonly reason: Reason }
  | { readonly kind: "refused"; readonly reason: Reason };

const refused = (reason: Reason): Verdict => ({ kind: "refused", reason });
const temporary = (reason: Reason): Verdict => ({ kind: "temporary", reason });

const VERDICTS: ReadonlyMap<number, Verdict> = new Map([
  [0x01, refused("too-long")], // RINVMSGLEN
  [0x02, refused("internal")], // RINVCMDLEN
  [0x03, refused("unsupported")], // RINVCMDID: not allowed to submit
  [0x04, temporary("not-connected")], // RINVBNDSTS
  [0x05, temporary("not-connected")], // RALYBND
  [0x06, refused("internal")], // RINVPRTFLG
  [0x07, refused("rejected")], // RINVREGDLVFLG
  [0x08, temporary("network-error")], // RSYSERR
  [0x0a, refused("forbidden")], // RINVSRCADR: our number isn't allowed there
  [0x0b, refused("unreachable")], // RINVDSTADR
  [0x0c, temporary("network-error")], // RINVMSGID
  [0x0d, temporary("not-connected")], // RBINDFAIL
  [0x0e, temporary("unauthorised")], // RINVPASWD
  [0x0f, temporary("unauthorised")], // RINVSYSID
  [0x14, { kind: "throttled" }], // RMSGQFUL
  [0x15, refused("rejected")], // RINVSERTYP
  [0x33, refused("rejected")], // RINVNUMDESTS
  [0x40, refused("rejected")], // RINVDESTFLAG
  [0x42, refused("rejected")], // RINVSUBREP
  [0x43, refused("rejected")], // RINVESMCLASS
  [0x44, refused("rejected")], // RCNTSUBDL
  [0x45, temporary("network-error")], // RSUBMITFAIL: says nothing of why
  [0x48, refused("forbidden")], // RINVSRCTON
  [0x49, refused("forbidden")], // RINVSRCNPI
  [0x50, refused("unreachable")], // RINVDSTTON
  [0x51, refused("unreachable")], // RINVDSTNPI
  [0x53, temporary("unauthorised")], // RINVSYSTYP
  [0x54, refused("rejected")], // RINVREPFLAG
  [0x55, refused("rejected")], // RINVNUMMSGS
  [0x58, { kind: "throttled" }], // RTHROTTLED
  [0x61, refused("rejected")], // RINVSCHED
  [0x62, refused("rejected")], // RINVEXPIRY
  [0x63, refused("rejected")], // RINVDFTMSGID
  [0x64, temporary("network-error")], // RX_T_APPN
  [0x65, refused("rejected")], // RX_P_APPN
  [0x66, temporary("network-error")], // RX_R_APPN: "reject", which the receiving side may take back
  [0xc0, refused("rejected")], // RINVOPTPARSTREAM
  [0xc1, refused("rejected")], // ROPTPARNOTALLWD
  [0xc2, refused("rejected")], // RINVPARLEN
  [0xc3, refused("rejected")], // RMISSINGOPTPARAM
  [0xc4, refused("rejected")], // RINVOPTPARAMVAL
  [0xfe, refused("unreachable")], // RDELIVERYFAILURE
  [0xff, temporary("network-error")], // RUNKNOWNERR
]);

/** What a status other than 0 means. Reserved and vendors' own ones are tried again, since each try is counted. */
export function verdictOf(status: number): Verdict {
  return VERDICTS.get(status) ?? temporary("network-error");
}
