// Calls a service as an account that whoever has the default credentials may act as: google-auth-library, nothing of our own.
import { GoogleAuth, Impersonated } from "google-auth-library";

const [account, url] = process.argv.slice(2);
const scopes = ["https://www.googleapis.com/auth/cloud-platform"];
const source = await new GoogleAuth({ scopes, projectId: "none-is-needed" }).getClient();
const access = new Impersonated({ sourceClient: source, targetPrincipal: account, targetScopes: scopes });
const token = await access.fetchIdToken(url, { includeEmail: true });
const { status } = await access.transporter.request({
  url,
  headers: { Authorization: `Bearer ${token}` },
  validateStatus: () => true,
});
console.log(JSON.stringify({ status }));
