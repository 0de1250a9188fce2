import { runService } from "../runtime/index";
import { orderService } from "./service";

runService(orderService());
