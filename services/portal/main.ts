import { EnvironmentReader, runProcess, startService, systemClock } from "../runtime/index";
import { directoryOf } from "../web-app/directory/chosen";
import { jsonIn, readWebAppOptions } from "../web-app/options";
import { portal, TILES, tiles } from "./app";

const NAME = "portal (TypeScript)";

runProcess(NAME, () => {
  const read = new EnvironmentReader(process.env);
  const apps = jsonIn(read, "APPS", tiles, '[{"title": "…", "path": "/…", "about": "…"}]') ?? TILES;
  const options = readWebAppOptions(process.env, { base: "", hasDatabase: false }, read);
  return startService(portal(directoryOf(options, undefined, systemClock), apps));
});
