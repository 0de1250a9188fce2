/** Takes a JSON object by POST, and answers everything else in the form of the mesh's services. */
const { subscribe } = require("node:diagnostics_channel");

/**
 * A handler for the framework. `fields` says of each field what is wrong with a value, or nothing; `answer` gets an object
 * with which nothing is.
 */
exports.takesJson = (fields, answer) => (request, response) => {
  const { method, body, rawBody } = request;
  if (method !== "POST") {
    response.set("Allow", "POST");
    return refuse(response, 405, "method-unknown", `${method} is not allowed; allowed: POST`);
  }
  const type = (request.get("content-type") ?? "").split(";")[0].trim().toLowerCase();
  if (type !== "application/json") {
    return refuse(response, 415, "media-type-unsupported", `got "${type}"; allowed: application/json`);
  }
  if (rawBody?.length > LARGEST_BODY) return refuse(response, 413, ...UNREADABLE[413]);
  // An empty body is an empty object to the framework.
  const isObject = rawBody?.length > 0 && typeof body === "object" && body !== null && !Array.isArray(body);
  if (!isObject) return refuse(response, 400, ...NO_JSON);
  const details = problemsIn(body, fields);
  if (details.length === 0) return response.json(answer(body));
  refuse(response, 400, "body-invalid", "the body has fields that are not taken", details);
};

/** The kind of a value, for messages: values may be secret. */
exports.kindOf = (value) => {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return `${typeof value === "object" ? "an" : "a"} ${typeof value}`;
};

function problemsIn(body, fields) {
  const known = Object.entries(fields).map(([path, problemOf]) => ({ path, message: problemOf(body[path]) }));
  const allowed = Object.keys(fields).join(", ");
  const unknown = Object.keys(body).filter((path) => !Object.hasOwn(fields, path));
  return [
    ...known.filter(({ message }) => message !== undefined),
    ...unknown.map((path) => ({ path, message: `unknown; allowed: ${allowed}` })),
  ];
}

function refuse(response, status, code, message, details) {
  response.status(status).json({ error: { code, message, details } });
}

/** In bytes; the framework's own limit is far over Cloud Run's. */
const LARGEST_BODY = 10_000;

const NO_JSON = ["body-not-json", "the body is no JSON object"];

/** What a body cannot be read for, by the status that body-parser gives it. */
const UNREADABLE = {
  413: ["body-too-large", `the body has more than ${LARGEST_BODY} bytes`],
  415: ["media-type-unsupported", "the body is in an encoding or a character set that is not taken"],
};

// The framework reads bodies before it calls a function, and leaves those that it cannot read to Express, which answers
// with a page, outside of production with a stack. The first request gives access to its Express app.
subscribe("http.server.request.start", ({ server }) => {
  const [app] = server.listeners("request");
  if (typeof app?.use !== "function" || app.locals.answersUnreadable) return;
  app.locals.answersUnreadable = true;
  // Express knows a handler of errors by its four parameters.
  app.use((error, _request, response, next) => {
    if (response.headersSent || !(error.status < 500)) return next(error);
    refuse(response, error.status, ...(UNREADABLE[error.status] ?? NO_JSON));
  });
});
