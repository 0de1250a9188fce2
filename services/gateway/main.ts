import { runService } from "../runtime/index";
import { gatewayService } from "./service";

runService(gatewayService());
