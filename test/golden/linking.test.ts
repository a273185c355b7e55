import { playChapters } from "./chapters.ts";
import { openScripted } from "./scripted-stage.ts";
import { LINKED_TALK, LINKING } from "./transcripts/linking.ts";

playChapters([LINKING, LINKED_TALK], openScripted);
