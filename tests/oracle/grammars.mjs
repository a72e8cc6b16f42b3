// Prints the command-line grammars that @withfig/autocomplete has of the tools named as arguments, as JSON.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [root, ...tools] = process.argv.slice(2);
const list = (given) => (given === undefined ? [] : Array.isArray(given) ? given : [given]);

async function spec(name) {
  const path = [join(root, `${name}.js`), join(root, name, "index.js")].find(existsSync);
  const found = path && (await import(pathToFileURL(path))).default;
  return typeof found === "object" ? found : undefined;
}

function option({ name, args, isPersistent }) {
  const taken = list(args);
  const takes = taken.length === 0 ? "nothing" : taken.every((one) => one.isOptional) ? "optional" : "argument";
  return { names: list(name), takes, everywhere: Boolean(isPersistent) };
}

async function command(found) {
  const loaded = typeof found.loadSpec === "string" ? await spec(found.loadSpec) : undefined;
  const { options, subcommands } = loaded ?? found;
  return {
    names: list(found.name),
    options: list(options).map(option),
    commands: await Promise.all(list(subcommands).map(command)),
  };
}

const known = {};
for (const tool of tools) {
  const found = await spec(tool);
  if (found) known[tool] = await command(found);
}
process.stdout.write(JSON.stringify(known));
