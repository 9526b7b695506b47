#!/usr/bin/env bash
# Previews what a fork proposes, with no credential at all. Neither the state nor the cloud can be read, so everything
# counts as new: this shows that the program runs, and what it would set. Uses the configuration of PULUMI_STACK, which
# must hold no secrets (they cannot be decrypted here).
set -euo pipefail
cd "$(dirname "$0")/.."

state="$(mktemp -d)"
stack=fork-preview
trap 'rm -rf "$state" "Pulumi.$stack.yaml"' EXIT
export PULUMI_BACKEND_URL="file://$state" PULUMI_CONFIG_PASSPHRASE=""

pulumi stack init "$stack" --non-interactive
# The configuration without what only the owner of the stack's passphrase or key can use.
sed -E '/^(encryptionsalt|encryptedkey|secretsprovider):/d' "Pulumi.$PULUMI_STACK.yaml" >>"Pulumi.$stack.yaml"

status=0
rm -f preview.jsonl
PULUMI_DEBUG_COMMANDS=true PULUMI_STACK="$stack" \
  pulumi preview --refresh=false --diff --event-log preview.jsonl --non-interactive || status=$?
{
  node ci/preview-comment.mjs preview.jsonl
  printf '\nA preview of a fork has no credentials: all is shown as new, and keys are not looked up.\n'
} >preview.md
exit "$status"
