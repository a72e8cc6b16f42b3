// Reads a JSON list of objects of a cluster, and prints for each what its published schema says against it, or "".
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const root = join(process.argv[2], "@kubernetes-models");
const FOLDERS = {
  "argoproj.io": "argo-cd",
  "kustomize.toolkit.fluxcd.io": "flux-cd",
  "source.toolkit.fluxcd.io": "flux-cd",
  "helm.toolkit.fluxcd.io": "flux-cd",
  "image.toolkit.fluxcd.io": "flux-cd",
  "external-secrets.io": "external-secrets",
};

// The package has the last beta of these, whose fields the first stable version took over.
const BETA = {
  "helm.toolkit.fluxcd.io/v2/HelmRelease": "v2beta2",
  "source.toolkit.fluxcd.io/v1/HelmRepository": "v1beta2",
  "image.toolkit.fluxcd.io/v1/ImageRepository": "v1beta2",
  "image.toolkit.fluxcd.io/v1/ImagePolicy": "v1beta2",
  "image.toolkit.fluxcd.io/v1/ImageUpdateAutomation": "v1beta1",
};

async function objection(given) {
  const beta = BETA[`${given.apiVersion}/${given.kind}`];
  const object = beta ? { ...given, apiVersion: `${given.apiVersion.split("/")[0]}/${beta}` } : given;
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
