/** The languages and clients that the tests run against the sandbox's proxy, each by a program that knows nothing of it. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import * as path from "node:path";

export const PROGRAMS = path.join(__dirname, "programs/clients");

const PYTHON = process.env["MESH_PYTHON"] ?? "python3";
const NODE_22 = process.env["MESH_NODE_22"] ?? "node22";
const JARS = process.env["MESH_JAVA_JARS"] ?? path.join(__dirname, "../../../.cache/java");
const JAVA_LEAST = 11;

export interface Language {
  readonly name: string;
  readonly command: readonly string[];
  /** What the machine lacks to run it, where that is so. */
  readonly missing: string | undefined;
  /** Clients by their name, and the line of code that each needs; empty where it needs none. */
  readonly clients: Readonly<Record<string, string>>;
}

const NODE_CLIENTS = { fetch: "", "http and https": "", "google-auth-library": "" };

export const LANGUAGES: readonly Language[] = [
  {
    name: "shell",
    command: ["sh", "clients.sh"],
    missing: without("curl", "curl", "--version"),
    clients: { curl: "" },
  },
  {
    name: "Python",
    command: [PYTHON, "-B", "clients.py"],
    missing: without(
      "a Python with requirements.txt of tests/fixtures/gateway-python and python-clients.txt (MESH_PYTHON)",
      PYTHON,
      "-c",
      "import aiohttp, google.auth, httpx, requests",
    ),
    clients: {
      "urllib.request": "",
      requests: "",
      httpx: "",
      aiohttp: "aiohttp.ClientSession(trust_env=True)",
      "google-auth": "",
    },
  },
  {
    name: "Node.js 20",
    command: [process.execPath, "clients.mjs"],
    missing: process.version.startsWith("v20.") ? undefined : "Node.js 20",
    clients: NODE_CLIENTS,
  },
  {
    name: "Node.js 22",
    command: [NODE_22, "clients.mjs"],
    missing: version(NODE_22, "--version")?.startsWith("v22.") ? undefined : "Node.js 22 (MESH_NODE_22)",
    clients: NODE_CLIENTS,
  },
  {
    name: "Go",
    command: ["go", "run", "clients.go"],
    missing: without("Go", "go", "version"),
    clients: { "net/http": "" },
  },
  {
    name: "Java",
    command: ["java", "Clients.java"],
    missing: without(`Java ${JAVA_LEAST} or later`, "java", "--version"),
    clients: { "java.net.http.HttpClient": "", "java.net.HttpURLConnection": "" },
  },
  {
    name: "Java",
    command: ["java", "-cp", path.join(JARS, "*"), "GoogleAuth.java"],
    missing: existsSync(JARS) ? undefined : "the jars of tests/fixtures/java-clients/pom.xml (MESH_JAVA_JARS)",
    clients: { "google-auth-library": "" },
  },
  {
    name: "Ruby",
    command: ["ruby", "clients.rb"],
    missing: without("Ruby", "ruby", "--version"),
    clients: { "Net::HTTP": "" },
  },
  {
    name: "PHP",
    command: ["php", "clients.php"],
    missing: without("PHP with its curl extension", "php", "-r", "exit(extension_loaded('curl') ? 0 : 1);"),
    clients: {
      curl: "",
      file_get_contents:
        "['proxy' => str_replace('http://', 'tcp://', getenv('HTTPS_PROXY')), 'request_fulluri' => true]",
    },
  },
];

function without(what: string, program: string, ...args: string[]): string | undefined {
  return spawnSync(program, args).status === 0 ? undefined : what;
}

function version(program: string, ...args: string[]): string | undefined {
  try {
    return execFileSync(program, args, { encoding: "utf8", stdio: "pipe" });
  } catch {
    return undefined;
  }
}
