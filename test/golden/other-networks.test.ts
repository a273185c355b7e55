import { playChapters } from "./chapters.ts";
import { openScripted } from "./scripted-stage.ts";
import { OTHER_NETWORKS } from "./transcripts/other-networks.ts";
import { SHARED_CHAT } from "./transcripts/shared-chat.ts";

playChapters([OTHER_NETWORKS, SHARED_CHAT], openScripted);
