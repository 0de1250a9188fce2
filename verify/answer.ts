/** Tells Google's own refusals from answers of a container, which may have the same status. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Titles and headings of the pages of Cloud Run's front end. Source: sandbox/README.md, the rows of the front end. */
const PAGE = /^\s*<html>[\s\S]*<title>(401 Unauthorized|403 Forbidden|404 Page not found)<\/title>[\s\S]*<h1>Error: /;

/** The status where Google's front end answered instead of the container. */
export function refusalOf({ status, contentType, body }: Answer): number | undefined {
  const title = contentType.startsWith("text/html") ? PAGE.exec(body)?.[1] : undefined;
  return title?.startsWith(String(status)) ? status : undefined;
}
