import { runService } from "../runtime/index";
import { chatBackend } from "./service";

runService(chatBackend());
