"use strict";
// Answers standard JSON requests, one a line, with one line each: solc_worker.js COMPILER
// COMPILER is the folder of npm's `solc`, loaded once, or a native compiler, started for each request.

const { execFileSync } = require("child_process");
const fs = require("fs");
const readline = require("readline");

const compiler = process.argv[2];
const compile = fs.statSync(compiler).isDirectory()
    ? require(compiler).compile
    : (input) => execFileSync(compiler, ["--standard-json"], { input, maxBuffer: 1 << 30 }).toString();

process.stdout.on("error", () => process.exit(1)); // nobody listens any more
readline.createInterface({ input: process.stdin }).on("line", (line) => {
    process.stdout.write(JSON.stringify(JSON.parse(compile(line))) + "\n");
});
