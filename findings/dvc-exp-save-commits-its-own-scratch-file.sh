#!/usr/bin/env bash
# Where `dvc exp save` of DVC 3.67.1 commits more than was changed: each experiment that it saves
# holds .dvc/tmp/repro.dat, a pickled file of DVC's own from a folder that git is told to ignore.
# `dvc exp run` takes it away again, `dvc exp branch` carries it into a branch, and whoever has it
# on a branch shares a pickle. And what `dvc exp save` needs of a clone that has run nothing: the
# outputs of every stage, though it would save none of them.
#
# Seen:
#   saved holds  .dvc/tmp/repro.dat params.yaml
#   in a clone   ERROR: failed to save experiment - output 'out.yaml' does not exist
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check dvc==3.67.1
dvc="$folder/venv/bin/dvc"
export DVC_NO_ANALYTICS=1 GIT_CONFIG_GLOBAL=/dev/null
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
mkdir "$folder/repository"
cd "$folder/repository"
git init --quiet
"$dvc" init --quiet
echo 'a: 1' > params.yaml
printf 'stages:\n  copy:\n    cmd: cp params.yaml out.yaml\n    params: [a]\n    outs: [out.yaml]\n' > dvc.yaml
echo out.yaml > .gitignore
"$dvc" repro --quiet
git add --all
git commit --quiet --message first
git check-ignore --quiet .dvc/tmp/repro.dat

echo 'a: 2' > params.yaml
"$dvc" repro --quiet
"$dvc" exp save --quiet --name saved
saved=$(git for-each-ref --format='%(refname)' refs/exps | grep '/saved$')
held=$(git diff --name-only HEAD "$saved" | grep -v '^dvc.lock$' | tr '\n' ' ')
echo "saved holds  $held"
[ "$held" = ".dvc/tmp/repro.dat params.yaml " ] || { echo "the behaviour has changed"; exit 1; }

git clone --quiet "$folder/repository" "$folder/clone"
cd "$folder/clone"
echo 'a: 3' > params.yaml
told=$("$dvc" exp save --name other 2>&1 | grep '^ERROR' || true)
echo "in a clone   $told"
[[ "$told" == *"output 'out.yaml' does not exist"* ]] || { echo "the behaviour has changed"; exit 1; }
