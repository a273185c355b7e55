import { describe } from "vitest";
import { mainOnes } from "./cast.ts";
import { playChapters } from "./chapters.ts";
import { SELLER_MOVED } from "./moving.ts";
import { openScripted } from "./scripted-stage.ts";

describe("with the seller on WhatsApp", () => playChapters(SELLER_MOVED.map(mainOnes), openScripted));
