"use strict";
// Stands where matrix-bot-sdk expects its native crypto module: see README.md. Every name that the SDK reads at run time is
// here, so that loading it and importing from it by name works; what would encrypt says that it can't.

/** A class in name only. */
function absent(name) {
  const refuse = () => {
    throw new Error(
      `found a use of ${name}, but this version of Footbridge has no Matrix encryption: leave it off`,
    );
  };
  // The static methods that the SDK calls without making an object first.
  return Object.assign(refuse.bind(undefined), {
    initialize: async () => refuse(),
    encrypt: refuse,
    decrypt: refuse,
  });
}

const Attachment = absent("Attachment");
const DeviceId = absent("DeviceId");
const DeviceLists = absent("DeviceLists");
const EncryptedAttachment = absent("EncryptedAttachment");
const EncryptionSettings = absent("EncryptionSettings");
const OlmMachine = absent("OlmMachine");
const RoomId = absent("RoomId");
const UserId = absent("UserId");

// A plain list of names: Node finds named exports of CommonJS by reading the source, and knows this form.
module.exports = {
  Attachment,
  DeviceId,
  DeviceLists,
  EncryptedAttachment,
  EncryptionSettings,
  OlmMachine,
  RoomId,
  UserId,
};
