import { playChapters } from "./chapters.ts";
import { openScripted } from "./scripted-stage.ts";
import { ON_WHATSAPP } from "./transcripts/all.ts";

playChapters(ON_WHATSAPP, openScripted);
