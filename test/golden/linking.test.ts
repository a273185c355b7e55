import { playChapters } from "./chapters.ts";
import { openScripted } from "./scripted-stage.ts";
import { LINKED_GUEST, LINKED_TALK, LINKING, PREFERRING } from "./transcripts/linking.ts";

playChapters([LINKING, LINKED_TALK, LINKED_GUEST, PREFERRING], openScripted);
