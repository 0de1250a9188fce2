import { runWebApp } from "../web-app/app";
import { assetScanning } from "./app";

runWebApp(assetScanning);
