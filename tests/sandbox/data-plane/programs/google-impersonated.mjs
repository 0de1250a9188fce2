// Signs, and calls a service in another account's name, with Google's own library and nothing but the environment.
import { GoogleAuth, IdTokenClient, Impersonated } from "google-auth-library";

const [url, targetPrincipal] = process.argv.slice(2);
const scopes = ["https://www.googleapis.com/auth/cloud-platform"];
const auth = new GoogleAuth({ scopes });
const sourceClient = await auth.getClient();
const idTokenProvider = new Impersonated({ sourceClient, targetPrincipal, targetScopes: scopes, lifetime: 3600 });
const client = new IdTokenClient({ targetAudience: url, idTokenProvider });
const { status, data } = await client.request({ url });
const own = await auth.sign("text to sign").catch((error) => ({ error: error.status ?? error.message }));
const { signedBlob } = await idTokenProvider.sign("text to sign");
console.log(JSON.stringify({ status, caller: data.caller, own, signedBlob }));
