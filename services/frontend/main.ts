import { runService } from "../runtime/index";
import { frontend } from "./service";

runService(frontend(process.env["CHAT_URL"]));
