import { runWebApp } from "../web-app/app";
import { serviceDesk } from "./app";

runWebApp(serviceDesk);
