import { runWebApp } from "../web-app/app";
import { marketingImmersion } from "./app";

runWebApp(marketingImmersion);
