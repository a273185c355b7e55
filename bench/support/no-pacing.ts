// Given to the bench's daemon with `--import`: WhatsApp's pace is what the config says, at most ten texts a second, and what is to
// be measured is what comes after it. The product has no switch for that. Not awaited: bin/start.cjs replaces the process first.

void import("../../adapters/whatsapp/outbound/pacing.ts").then(({ Pacing }) => {
  Pacing.prototype.turn = async () => ({ kind: "go" });
});
