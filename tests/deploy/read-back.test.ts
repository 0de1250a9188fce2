import * as assert from "node:assert/strict";
import { usesPulumi } from "../support/pulumi-cli";
import { changes, IMAGE, mesh, openStack, type Stack, succeeded } from "./support";

const SECRET = "gcp:secretmanager/secret:Secret";
const SECRET_GRANT = "gcp:secretmanager/secretIamMember:SecretIamMember";

describe("a second update of an unchanged config, on the real engine", function () {
  this.timeout(120_000);
  const cli = usesPulumi();
  let stack: Stack;
  beforeEach(async () => {
    stack = await openStack(cli());
  });
  afterEach(() => stack.close());

  const reading = (...secrets: string[]) =>
    mesh({
      api: {
        image: IMAGE,
        env: Object.fromEntries(secrets.map((secret, i) => [`KEY_${i}`, { secret, version: "1" }])),
      },
    });
  const seedSecret = (project: string, secretId: string) => {
    stack.controlPlane.seed(SECRET, { secretId, project, replication: { auto: {} } });
    stack.controlPlane.seed("gcp:secretmanager/secretVersion:SecretVersion", {
      secret: `projects/${project}/secrets/${secretId}`,
      secretData: "x",
    });
  };
  const grants = () => stack.controlPlane.list({ type: SECRET_GRANT }).map(({ id }) => id);
  const expectStill = async (settings: ReturnType<typeof mesh>) => {
    assert.deepEqual(changes(succeeded(await stack.run("up", settings))), []);
    assert.deepEqual(changes(succeeded(await stack.run("refresh", settings))), []);
    assert.deepEqual(changes(succeeded(await stack.run("up", settings))), []);
  };

  it("leaves the grant on a secret of another project alone", async () => {
    seedSecret("acme-vault", "password");
    const settings = reading("projects/acme-vault/secrets/password");
    succeeded(await stack.run("up", settings));
    const granted = [
      "projects/acme-vault/secrets/password/roles/secretmanager.secretAccessor/serviceAccount:api-sa@acme-dev.iam.gserviceaccount.com",
    ];
    assert.deepEqual(grants(), granted);
    await expectStill(settings);
    assert.deepEqual(grants(), granted);
  });
});
