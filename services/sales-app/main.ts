import { runProcess, startService } from "../runtime/index";
import { SERVICE, salesApp } from "./service";

// Whoever reaches the page calls in its developer's name, so nobody but this machine may.
runProcess(SERVICE, () => startService(salesApp(), { env: { ...process.env, BIND_ADDRESS: "127.0.0.1" } }));
