import { describe } from "vitest";
import { playChapters } from "./chapters.ts";
import { PHONES_MOVED } from "./moving.ts";
import { openScripted } from "./scripted-stage.ts";

describe("with the phones on WhatsApp", () => playChapters(PHONES_MOVED, openScripted));
