"""How what was built gets into the versions of an environment, as a commit on a branch of its own, in bash.

It reads what it needs from the environment: `IMAGES`, `ENVIRONMENT` and `RUN`.
"""

from __future__ import annotations

# What a build says is text of whoever wrote its tools: nothing but a tag and a digest gets into a manifest. A comment
# that says what is to be set has been answered.
PROPOSAL = r"""file="environments/$ENVIRONMENT/versions/kustomization.yaml"
while read -r name tag digest; do
  if ! [[ "$digest" =~ ^sha256:[0-9a-f]{64}$ && "$tag" =~ ^(-|[A-Za-z0-9_][A-Za-z0-9_.-]*)$ ]]; then
    echo "the registry names no digest of $name" >&2
    exit 1
  fi
  awk -v name="$name" -v tag="$tag" -v digest="$digest" '
    function set() {
      if (tag != "-") print "    newTag: \"" tag "\""
      print "    digest: " digest
      inside = 0
    }
    /^  #/ { comments = comments $0 "\n"; next }
    $1 == "-" && $3 == name { inside = found = 1; gsub(/  # To be set: [^\n]*\n/, "", comments) }
    { printf "%s", comments; comments = "" }
    inside && $1 ~ /^(newTag|digest):$/ { if (!done++) set(); skip = 1; next }
    skip && $1 ~ /^(newTag|digest):$/ { next }
    { skip = 0; print }
    END { printf "%s", comments; exit !(found && done) }
  ' "$file" > "$file.new" || { echo "$file has no version of $name" >&2; exit 1; }
  mv "$file.new" "$file"
done <<< "$IMAGES"
if git diff --quiet; then
  echo "$ENVIRONMENT runs this already"
  exit 0
fi
branch="build-$RUN-$ENVIRONMENT"
title="Run what build $RUN has made in $ENVIRONMENT"
git checkout --quiet -b "$branch"
git commit --quiet --all --message "$title"
git show --stat --patch HEAD
"""
