/** Where the processes of services keep what is theirs, and what of the developer's own they find. */
import * as assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { toolEnvironment } from "../../../sandbox/data-plane/processes/tools";
import { needs } from "../../support/needs";
import { temporaryFolder, withoutCredentials } from "../../support/pulumi-cli";
import { keepModule } from "./go-proxy";
import { ask, deploy, openMesh, url, WORKLOAD } from "./mesh";

describe("homes of services", () => {
  const PUBLIC = { self: { invokerIamDisabled: true } };
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Makes files with their folders. */
  function write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
  }

  it("last from one run to the next, and are a service's own", async () => {
    const homes = path.join(folder, "homes");
    const command = ["/bin/sh", "-c", `echo "$K_SERVICE" >> "$HOME/starts"; exec "${process.execPath}" "${WORKLOAD}"`];
    const workloads = ["order", "user"].map((service) => ({ service, folder: __dirname, command }));
    for (const _ of [1, 2]) {
      const mesh = await openMesh(
        (controlPlane) => {
          for (const { service } of workloads) deploy(controlPlane, service, PUBLIC);
        },
        { homes, workloads },
      );
      await mesh.plane.ready();
      await mesh.plane.close();
    }
    assert.deepEqual(readdirSync(homes), ["order", "user"]);
    for (const service of ["order", "user"]) {
      assert.deepEqual(readdirSync(path.join(homes, service)), ["starts"]);
      assert.equal(readFileSync(path.join(homes, service, "starts"), "utf8"), `${service}\n${service}\n`);
      assert.equal(statSync(path.join(homes, service)).mode & 0o777, 0o700);
    }
  });

  it("lead to the developer's tools, and to no folder in which tools keep credentials", () => {
    write({
      ".rustup/settings.toml": "",
      ".pyenv/version": "",
      ".local/bin/flask": "",
      "go/pkg/mod/cache/download/example.com/greet/@v/list": "",
      ".cargo/credentials.toml": "secret",
      ".m2/settings.xml": "secret",
      ".config/gcloud/application_default_credentials.json": "secret",
      ".netrc": "secret",
      ".npmrc": "secret",
      "jdk/release": "",
    });
    const at = (name: string) => path.join(folder, name);
    const goproxy = (cache: string) =>
      `${pathToFileURL(path.join(cache, "cache", "download"))},https://proxy.golang.org,direct`;
    assert.deepEqual(
      toolEnvironment({ HOME: folder, JAVA_HOME: at("jdk"), GOROOT: at("none"), GOPROXY: "https://me:pw@x" }),
      {
        RUSTUP_HOME: at(".rustup"),
        PYENV_ROOT: at(".pyenv"),
        PYTHONUSERBASE: at(".local"),
        JAVA_HOME: at("jdk"),
        GOFLAGS: "-modcacherw",
        GOPROXY: goproxy(at("go/pkg/mod")),
      },
    );
    const elsewhere = {
      HOME: at("none"),
      PYENV_ROOT: at(".pyenv"),
      GOPATH: [at("go"), at("none")].join(path.delimiter),
    };
    assert.deepEqual(toolEnvironment(elsewhere), {
      PYENV_ROOT: at(".pyenv"),
      GOFLAGS: "-modcacherw",
      GOPROXY: goproxy(at("go/pkg/mod")),
    });
    assert.equal(toolEnvironment({ GOMODCACHE: at("go/pkg/mod") })["GOPROXY"], goproxy(at("go/pkg/mod")));
    assert.deepEqual(toolEnvironment({ HOME: at("none") }), { GOFLAGS: "-modcacherw" });
    assert.deepEqual(toolEnvironment({}), { GOFLAGS: "-modcacherw" });
  });

  it("let `go run .` find the modules that the developer has loaded, and be removed again", async function () {
    needs(this, "Go", spawnSync("go", ["version"]).status === 0);
    this.timeout(60_000);
    const downloads = path.join(folder, "dev/go/pkg/mod/cache/download");
    const greeting = 'package greet\n\nconst Text = "hello from a module"\n';
    const sum = keepModule(downloads, "example.com/greet", "v1.0.0", {
      "go.mod": "module example.com/greet\n",
      "greet.go": greeting,
    });
    write({
      "service/go.mod": "module example.com/service\n\ngo 1.22\n\nrequire example.com/greet v1.0.0\n",
      "service/go.sum": sum,
      "service/main.go": GO_SERVICE,
    });
    const GOCACHE = execFileSync("go", ["env", "GOCACHE"], { encoding: "utf8" }).trim();
    const mesh = await openMesh((controlPlane) => deploy(controlPlane, "order", PUBLIC), {
      homes: path.join(folder, "homes"),
      env: { ...withoutCredentials(process.env), HOME: path.join(folder, "dev"), GOPATH: "", GOMODCACHE: "" },
      // The compiled standard library of this machine: to compile it takes half a minute.
      workloads: [
        { service: "order", folder: path.join(folder, "service"), command: ["go", "run", "."], env: { GOCACHE } },
      ],
    });
    try {
      await mesh.plane.ready();
      const { body } = await ask(await mesh.plane.proxyFor({}), `${url("order")}/`);
      assert.equal(body, "hello from a module");
    } finally {
      await mesh.plane.close();
    }
    const loaded = path.join(folder, "homes/order/go/pkg/mod/example.com/greet@v1.0.0");
    assert.equal(readFileSync(path.join(loaded, "greet.go"), "utf8"), greeting);
    assert.equal(statSync(loaded).mode & 0o200, 0o200);
  });

  it("are the home folder of Java, too, which does not ask HOME", async function () {
    needs(this, "Java", spawnSync("java", ["-version"]).status === 0);
    const homes = path.join(folder, "the homes");
    const script = `java -XshowSettings:properties -version; exec "${process.execPath}" "${WORKLOAD}"`;
    const mesh = await openMesh((controlPlane) => deploy(controlPlane, "order", PUBLIC), {
      homes,
      workloads: [{ service: "order", folder: __dirname, command: ["/bin/sh", "-c", script] }],
    });
    try {
      await mesh.plane.ready();
    } finally {
      await mesh.plane.close();
    }
    const said = mesh.logs.flatMap(({ line }) => /^ *user\.home = (.*)$/.exec(line)?.[1] ?? []);
    assert.deepEqual(said, [path.join(homes, "order")]);
  });

  it("let cargo and python find their toolchains", async function () {
    const rust = spawnSync("cargo", ["--version"], { encoding: "utf8" });
    needs(this, "cargo", rust.status === 0);
    const python = spawnSync("python3", ["--version"], { encoding: "utf8" });
    needs(this, "python3", python.status === 0);
    const script = `cargo --version; python3 --version; exec "${process.execPath}" "${WORKLOAD}"`;
    const mesh = await openMesh((controlPlane) => deploy(controlPlane, "order", PUBLIC), {
      workloads: [{ service: "order", folder: __dirname, command: ["/bin/sh", "-c", script] }],
    });
    try {
      await mesh.plane.ready();
    } finally {
      await mesh.plane.close();
    }
    const said = mesh.logs.map(({ line }) => `${line}\n`);
    assert.deepEqual(said.slice(0, 2), [rust.stdout, python.stdout]);
  });
});

const GO_SERVICE = `package main

import (
	"fmt"
	"net"
	"os"

	"example.com/greet"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		panic(err)
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		go func() {
			defer connection.Close()
			if n, _ := connection.Read(make([]byte, 4096)); n > 0 {
				fmt.Fprintf(connection, "HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%s", len(greet.Text), greet.Text)
			}
		}()
	}
}
`;
