// Reads a JSON list of `docker run` lines and prints the compose files that composerize makes of them, as JSON.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const loaded = require(join(process.argv[2], "composerize"));
const composerize = loaded.default ?? loaded;
const lines = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(lines.map((line) => composerize(line, null, "latest", 2))));
