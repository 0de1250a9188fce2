// Calls a service as Google's own library does, with nothing but the environment.
import { GoogleAuth } from "google-auth-library";

const [url] = process.argv.slice(2);
const client = await new GoogleAuth().getIdTokenClient(url);
const { status, data } = await client.request({ url });
console.log(JSON.stringify({ status, caller: data.caller }));
