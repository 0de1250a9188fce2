import { runProcess } from "../runtime/index";
import { PROXY, startProxy } from "./proxy";

runProcess(PROXY, () => startProxy());
