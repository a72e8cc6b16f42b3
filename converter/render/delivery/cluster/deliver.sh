#!/usr/bin/env bash
# Makes an environment so in its cluster. The pipeline calls it; a person with a kubeconfig can do the same by hand.
#
#   clusters/deliver.sh diff ENVIRONMENT     shows what would change: 0 nothing, 1 something, 2 it can't be told
#   clusters/deliver.sh apply ENVIRONMENT    makes it so in the order of clusters/ENVIRONMENT/order, removes what is gone
#   clusters/deliver.sh access ENVIRONMENT   prints a kubeconfig for the pipeline: for an administrator, once
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/.."

action="${1:-}"
environment="${2:-}"
order="clusters/$environment/order"
work="$(mktemp -d)"
differs=""
looked=""
# Only a comparison that has come to its end says 1.
trap 'code=$?; rm -rf "$work"; if [ "$code" != 0 ] && [ -z "$looked" ]; then exit 2; fi' EXIT

# The same for what is shown and what is done. What somebody has changed by hand is taken back.
server_side=(--server-side --force-conflicts --field-manager=delivery)
# What is removed once no manifest has it: never a namespace, a volume or a secret.
kinds=deployments.apps,statefulsets.apps,daemonsets.apps,jobs.batch,cronjobs.batch,services,configmaps
kinds+=,ingresses.networking.k8s.io,networkpolicies.networking.k8s.io

die() {
  printf '%s\n' "$*" >&2
  exit 2
}

# The kind and the name of each object in a file that Kustomize has built.
objects() {
  awk '
    function told() { if (kind != "") print kind, name; kind = name = ""; inside = 0 }
    /^---/ { told(); next }
    /^kind: / { kind = $2 }
    /^[^ ]/ { inside = ($1 == "metadata:") }
    inside && /^  name: / { name = $2; gsub(/["\047]/, "", name) }
    END { told() }
  ' "$@"
}

# The applications, one after the other.
apps() {
  sed 's/#.*//; s/:.*//; /^ *$/d' "$order"
}

# The order names each application of the environment, and no other.
complete() {
  local found
  found="$(for path in apps/*/overlays/"$environment"/kustomization.yaml; do cut -d / -f 2 <<< "$path"; done | sort)"
  if ! diff <(apps | sort) <(printf '%s\n' "$found") >&2; then
    die "$order does not name the applications that apps/ has: add or remove a line there"
  fi
}

# All manifests, with secrets in plain in a folder that is gone in the end.
build() {
  local app file
  complete
  cp -R environments "$work/environments"
  for file in "$work/environments/$environment"/*.sops.yaml; do
    if [ -e "$file" ]; then sops decrypt --in-place "$file"; fi
  done
  kubectl kustomize "$work/environments/$environment" > "$work/environment.yaml"
  namespace="$(objects "$work/environment.yaml" | awk '$1 == "Namespace" { print $2 }')"
  project="$(awk '$1 == "app.kubernetes.io/part-of:" { print $2; exit }' "$work/environment.yaml")"
  if [ -z "$namespace" ] || [ -z "$project" ]; then die "environments/$environment has no Namespace with its label"; fi
  for app in $(apps); do
    mkdir -p "$work/apps/$app"
    kubectl kustomize "apps/$app/overlays/$environment" > "$work/built.yaml"
    separate "$work/apps/$app" < "$work/built.yaml"
  done
}

# Each job in a file of its own, since a cluster changes none.
separate() {
  awk -v folder="$1" '
    function put() {
      if (doc != "") printf "---\n%s", doc > (folder "/" (kind == "Job" ? "job-" ++jobs : "other") ".yaml")
      doc = kind = ""
    }
    /^---/ { put(); next }
    /^kind: / { kind = $2 }
    { doc = doc $0 "\n" }
    END { put() }
  '
}

# What stands in no manifest any more: it has the label of this project, and no other object has made it.
gone() {
  local each='{{if not .metadata.ownerReferences}}{{.kind}} {{.metadata.name}}{{"\n"}}{{end}}'
  kubectl get "$kinds" --namespace "$namespace" --selector "app.kubernetes.io/part-of=$project" \
    --output "go-template={{range .items}}$each{{end}}" | sort > "$work/live"
  objects "$work/environment.yaml" "$work"/apps/*/*.yaml | sort > "$work/wanted"
  comm -23 "$work/live" "$work/wanted"
}

compare() {
  local code=0
  kubectl diff "${server_side[@]}" -f "$1" || code=$?
  case "$code" in
    0) ;;
    1) differs=yes ;;
    *) die "kubectl diff ends with $code" ;;
  esac
}

compare_job() {
  local name said state code=0
  name="$(objects "$1" | cut -d ' ' -f 2)"
  state="$(ended "$name")"
  said="$(kubectl diff "${server_side[@]}" -f "$1" 2>&1)" || code=$?
  if [ "$code" -gt 1 ] && immutable "$said"; then
    echo "job/$name is made anew and runs again: $(image_of "$name") before, $(sed -n 's/^ *-* image: //p' "$1") now"
    differs=yes
    return
  fi
  printf '%s' "$said${said:+$'\n'}"
  case "$code" in
    0) if [ "$state" = failed ]; then echo "job/$name has failed and runs again"; differs=yes; fi ;;
    1) differs=yes ;;
    *) die "kubectl diff ends with $code" ;;
  esac
}

immutable() {
  grep -q 'field is immutable' <<< "$1"
}

image_of() {
  kubectl get job "$1" --namespace "$namespace" --ignore-not-found \
    --output 'jsonpath={.spec.template.spec.containers[*].image}'
}

# complete, failed, or nothing while it runs or is not there.
ended() {
  local conditions='jsonpath={range .status.conditions[?(@.status=="True")]}{.type}{" "}{end}'
  conditions=" $(kubectl get job "$1" --namespace "$namespace" --ignore-not-found --output "$conditions")"
  case "$conditions" in
    *" Complete "*) echo complete ;;
    *" Failed "*) echo failed ;;
  esac
}

look() {
  local app file known removed
  known="$(kubectl get namespace "$namespace" --ignore-not-found --output name)"
  if [ -z "$known" ]; then
    echo "namespace/$namespace is not there yet, so all of this is new:"
    objects "$work/environment.yaml" "$work"/apps/*/*.yaml
    looked=yes
    exit 1
  fi
  compare "$work/environment.yaml"
  for app in $(apps); do
    for file in "$work/apps/$app"/*.yaml; do
      case "$file" in
        */job-*) compare_job "$file" ;;
        *) compare "$file" ;;
      esac
    done
  done
  removed="$(gone)"
  if [ -n "$removed" ]; then
    printf 'Removed, since no manifest has it any more:\n%s\n' "$removed"
    differs=yes
  fi
  looked=yes
  if [ -n "$differs" ]; then exit 1; fi
  echo "Nothing would change in $environment."
}

put() {
  local file="$work/apps/$1/other.yaml"
  echo "== $1"
  if [ -e "$file" ]; then kubectl apply "${server_side[@]}" -f "$file"; fi
  for file in "$work/apps/$1"/job-*.yaml; do
    if [ -e "$file" ]; then run_job "$file"; fi
  done
}

# A job that is as it was has done its work; one that has changed or failed is made anew.
run_job() {
  local name said state
  name="$(objects "$1" | cut -d ' ' -f 2)"
  state="$(ended "$name")"
  if said="$(kubectl apply "${server_side[@]}" --dry-run=server -f "$1" 2>&1)"; then
    if [ "$state" = failed ]; then remove_job "$name"; fi
  elif immutable "$said"; then
    remove_job "$name"
  else
    die "$said"
  fi
  kubectl apply "${server_side[@]}" -f "$1"
}

remove_job() {
  kubectl delete job "$1" --namespace "$namespace" --ignore-not-found --cascade=foreground --timeout=5m
}

# Waits until an application is ready, once.
declare -A seen=()
ready() {
  local app="$1" kind name
  if [ -n "${seen[$app]:-}" ]; then return; fi
  seen[$app]=yes
  while read -r kind name <&3; do
    case "$kind" in
      Deployment | StatefulSet | DaemonSet)
        kubectl rollout status "$kind/$name" --namespace "$namespace" --timeout=10m || unready "$app"
        ;;
      Job) finished "$name" || unready "$app" ;;
    esac
  done 3< <(objects "$work/apps/$app"/*.yaml)
}

finished() {
  local state latest=$((SECONDS + 1800))
  while true; do
    state="$(ended "$1")"
    case "$state" in
      complete) echo "job/$1 has succeeded"; return 0 ;;
      failed) echo "job/$1 has failed" >&2; return 1 ;;
    esac
    if [ "$SECONDS" -ge "$latest" ]; then echo "job/$1 has not ended in 30 minutes" >&2; return 1; fi
    sleep 5
  done
}

unready() {
  kubectl get pods --namespace "$namespace" --selector "app.kubernetes.io/name=$1" || true
  kubectl logs --namespace "$namespace" --selector "app.kubernetes.io/name=$1" --all-containers --tail=50 || true
  die "$1 is not ready: nothing after it was changed"
}

make_so() {
  local app after other kind name untagged
  untagged="$(sed -n 's/^ *-* image: \(.*to-be-set.*\)/\1/p' "$work"/apps/*/*.yaml | sort -u)"
  if [ -n "$untagged" ]; then
    die "no tag is set in environments/$environment/versions/kustomization.yaml for: $untagged"
  fi
  kubectl apply "${server_side[@]}" -f "$work/environment.yaml"
  while IFS=: read -r app after <&4; do
    for other in $after; do ready "$other"; done
    put "$app"
  done 4< <(sed 's/#.*//; /^ *$/d' "$order")
  for app in $(apps); do ready "$app"; done
  gone > "$work/gone"
  while read -r kind name <&4; do
    kubectl delete "$kind/$name" --namespace "$namespace" --ignore-not-found
  done 4< "$work/gone"
}

# The service account of clusters/ENVIRONMENT/access.yaml, at the server that kubectl speaks to now.
access() {
  local server ca token
  namespace="$(awk '$1 == "name:" { print $2; exit }' "environments/$environment/namespace.yaml")"
  server="$(kubectl config view --minify --output 'jsonpath={.clusters[0].cluster.server}')"
  ca="$(kubectl get secret delivery-token --namespace "$namespace" --output 'jsonpath={.data.ca\.crt}')"
  token="$(kubectl get secret delivery-token --namespace "$namespace" --output 'jsonpath={.data.token}' | base64 --decode)"
  if [ -z "$ca" ] || [ -z "$token" ]; then die "delivery-token of $namespace is empty yet: try again in a moment"; fi
  cat <<END
apiVersion: v1
kind: Config
current-context: delivery
clusters:
  - {name: cluster, cluster: {server: "$server", certificate-authority-data: "$ca"}}
users:
  - {name: delivery, user: {token: "$token"}}
contexts:
  - {name: delivery, context: {cluster: cluster, user: delivery, namespace: "$namespace"}}
END
}

if [ ! -f "$order" ]; then die "usage: clusters/deliver.sh diff|apply|access ENVIRONMENT"; fi
case "$action" in
  diff) build; look ;;
  apply) build; make_so ;;
  access) access ;;
  *) die "usage: clusters/deliver.sh diff|apply|access ENVIRONMENT" ;;
esac
