// Verifies an ID token and looks an access token up as Google's own library does, with nothing but the environment.
import { OAuth2Client } from "google-auth-library";

const [idToken, audience, accessToken] = process.argv.slice(2);
const client = new OAuth2Client();
const { email } = (await client.verifyIdToken({ idToken, audience })).getPayload();
const other = await client
  .verifyIdToken({ idToken, audience: "https://other.example" })
  .catch(({ message }) => message);
const info = await client.getTokenInfo(accessToken);
console.log(JSON.stringify({ email, other: other.split(",")[0], holder: info.email }));
