/** Prints what each client gets from the URL: its name and the status. */
import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import { GoogleAuth } from "google-auth-library";

const [url] = process.argv.slice(2);
const path = "/computeMetadata/v1/instance/service-accounts/default/identity";
const metadata = `http://metadata.google.internal${path}?audience=${url}`;
const flavor = { "Metadata-Flavor": "Google" };

async function read(client, target, headers) {
  const [answer] = await once(client.get(target, { headers }), "response");
  let text = "";
  for await (const chunk of answer) text += chunk;
  return { status: answer.statusCode, text };
}

const clients = {
  async fetch() {
    const token = await (await fetch(metadata, { headers: flavor })).text();
    return (await fetch(url, { headers: { Authorization: `Bearer ${token}` } })).status;
  },
  async "http and https"() {
    const { text } = await read(http, metadata, flavor);
    return (await read(https, url, { Authorization: `Bearer ${text}` })).status;
  },
  async "google-auth-library"() {
    const client = await new GoogleAuth().getIdTokenClient(url);
    return (await client.request({ url })).status;
  },
};

for (const [name, client] of Object.entries(clients)) {
  console.log(name, await client().catch((error) => `${error.message} ${error.cause?.message ?? ""}`));
}
