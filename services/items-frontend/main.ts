import { runService } from "../runtime/index";
import { itemsFrontend } from "./service";

runService(itemsFrontend());
