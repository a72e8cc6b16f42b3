// Reads a JSON list of objects of a cluster, and prints for each what its published schema says against it, or "".
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const root = join(process.argv[2], "@kubernetes-models");
const FOLDERS = {
  "argoproj.io": "argo-cd",
  "kustomize.toolkit.fluxcd.io": "flux-cd",
  "source.toolkit.fluxcd.io": "flux-cd",
  "external-secrets.io": "external-secrets",
};

async function objection(object) {
  const [group, version] = object.apiVersion.split("/");
  const folder = join(root, FOLDERS[group], group, version, object.kind);
  const file = group === "external-secrets.io" ? `${folder}.js` : `${folder}.mjs`;
  const Model = (await import(pathToFileURL(file).href))[object.kind];
  try {
    new Model(object).validate();
    return "";
  } catch (problem) {
    return String(problem);
  }
}

const objects = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(await Promise.all(objects.map(objection))));
