/**
 * The home folder of a service's process. It is the service's own, so that the caches of its tools last from one process
 * to the next, and it is not the developer's, in which gcloud, npm, Docker and others keep credentials.
 */
import * as path from "node:path";
import { makeFolder } from "../../files/make-folder";

/**
 * Makes the home folder of a service, which only the owner of this process opens.
 *
 * @param homes the folder with the homes of all services
 * @throws FileError where it cannot be made
 */
export function homeOf(homes: string, service: string): string {
  const home = path.join(homes, service);
  makeFolder(home, 0o700);
  return home;
}
