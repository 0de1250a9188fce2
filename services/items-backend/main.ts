import { runService } from "../runtime/index";
import { itemsBackend } from "./service";

runService(itemsBackend());
