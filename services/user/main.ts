import { runService } from "../runtime/index";
import { userService } from "./service";

runService(userService());
