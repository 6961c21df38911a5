#!/usr/bin/env node
"use strict";
// Makes npm's `solc` (WebAssembly) answer like the native compiler, as far as tools ask:
//   solcjs.js [MODULE] --version
//   solcjs.js [MODULE] --standard-json [--base-path P] [--include-path P]... [--allow-paths P,P] [-] < in > out
// MODULE is the folder of the npm package; without it, node_modules is looked for upwards from here.
// npm's own `solcjs` is not enough: it prints a line before the JSON, and cuts long output to a pipe.
// Not for use under the name `solc` on PATH: it knows no other flags.

const fs = require("fs");
const path = require("path");

function fail(message) {
    process.stderr.write(message + "\n");
    process.exit(1);
}

function findModule() {
    for (let folder = __dirname; ; folder = path.dirname(folder)) {
        const candidate = path.join(folder, "node_modules", "solc");
        if (fs.existsSync(path.join(candidate, "soljson.js"))) return candidate;
        if (folder === path.dirname(folder)) return fail("no node_modules/solc above " + __dirname);
    }
}

function parse(args) {
    const options = { version: false, standardJson: false, basePath: "", includePaths: [], allowPaths: [] };
    for (let i = 0; i < args.length; i++) {
        const [flag, inline] = args[i].startsWith("--") ? args[i].split(/=(.*)/s) : [args[i]];
        const value = () => inline ?? args[++i] ?? fail("the required argument for option '" + flag + "' is missing");
        if (flag === "--version") options.version = true;
        else if (flag === "--standard-json") options.standardJson = true;
        else if (flag === "--base-path") options.basePath = value();
        else if (flag === "--include-path") options.includePaths.push(value());
        else if (flag === "--allow-paths") options.allowPaths = value().split(",").filter(Boolean);
        else if (flag !== "-") fail("unrecognised option '" + flag + "'");
    }
    return options;
}

// Files are read only below the roots the caller named, symbolic links resolved.
function importReader(options) {
    const roots = [options.basePath || ".", ...options.includePaths];
    const real = (file) => { try { return fs.realpathSync(file); } catch { return null; } };
    const allowed = [...roots, ...options.allowPaths].map(real).filter(Boolean);
    const inside = (file) => allowed.some((root) => file === root || file.startsWith(root + path.sep));
    return (name) => {
        const tries = path.isAbsolute(name) ? [name] : roots.map((root) => path.join(root, name));
        for (const file of tries.map(real).filter(Boolean)) {
            if (inside(file)) return { contents: fs.readFileSync(file, "utf8") };
        }
        return { error: "File not found inside the base path or any of the include paths." };
    };
}

const args = process.argv.slice(2);
const given = args.length > 0 && !args[0].startsWith("-");
const solcModule = given ? path.resolve(args.shift()) : findModule();
const options = parse(args);
if (options.version) {
    const version = require(solcModule).version();
    process.stdout.write("solc, the solidity compiler commandline interface\nVersion: " + version + "\n");
} else if (options.standardJson) {
    const input = fs.readFileSync(0, "utf8");
    // No process.exit afterwards: node then waits until the pipe has taken all of it.
    process.stdout.write(require(solcModule).compile(input, { import: importReader(options) }) + "\n");
} else {
    fail("this launcher answers --version and --standard-json only");
}
