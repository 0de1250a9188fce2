// Runs test files in a process of their own, which ends whatever they do: nothing they start outlives it.
import { spawn } from "node:child_process";
import { processesBelow } from "./processes.mjs";

const isTold = (output) => /^\d+ passed, \d+ failed/m.test(output);

/**
 * @param show takes what the tests print, as they do
 * @param limits `fileMs`: time for one file; `endMs`: for the process, and then for what it started, to end after the last test
 * @returns output, exit code, a line for each thing that had to be ended, and the milliseconds of each file
 */
export async function runMocha(files, { fileMs, endMs }, show) {
  // Not bin/mocha.js, which would start one more process, and could not tell this one which file runs.
  const args = ["--enable-source-maps", "node_modules/mocha/bin/_mocha", "--reporter", "tests/support/reporter.js"];
  const child = spawn(process.execPath, [...args, ...files], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const endAll = () => end(processesBelow(child.pid));
  const stop = (signal) => {
    endAll();
    process.kill(process.pid, signal);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, stop);

  const name = files.length === 1 ? files[0] : `one of ${files.length} fast test files`;
  const problems = [];
  let current = files.length === 1 ? files[0] : "reading the test files";
  const expired = () => {
    problems.push(
      isTold(output)
        ? `${name} left something open: its process did not end within ${endMs / 1000} s after the last test`
        : `${current} did not end within ${fileMs / 1000} s`,
    );
    endAll();
  };
  let timer = setTimeout(expired, fileMs);
  const restart = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(expired, ms);
  };
  const tookMs = new Map();
  child.on("message", ({ begins, ends, ms }) => {
    if (begins) current = begins;
    if (ends) tookMs.set(ends, ms);
    if (begins) restart(fileMs);
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
    show(text);
    if (isTold(output)) restart(endMs);
  });

  const code = await new Promise((resolve) => child.once("exit", resolve));
  clearTimeout(timer);
  const left = await leftBehind(child.pid, endMs);
  if (left.length > 0 && problems.length === 0) {
    problems.push(`${name} left processes behind: ${left.map(({ command }) => command.slice(0, 120)).join("; ")}`);
  }
  end(left);
  // A process that is not of the group may still hold the pipe.
  await Promise.race([new Promise((resolve) => child.stdout.once("close", resolve)), sleep(1000)]);
  child.stdout.destroy();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.off(signal, stop);
  return { code, output, problems, tookMs };
}

async function leftBehind(group, graceMs) {
  const until = performance.now() + graceMs;
  let left = processesBelow(group);
  while (left.length > 0 && performance.now() < until) {
    await sleep(100);
    left = processesBelow(group);
  }
  return left;
}

function end(processes) {
  for (const { pid } of processes) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
  }
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
