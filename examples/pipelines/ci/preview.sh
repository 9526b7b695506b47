#!/usr/bin/env bash
# Previews the stack that PULUMI_STACK names, once: the log shows the diff, preview.md is for a comment.
# Fails if the preview fails, after it has written preview.md, which then says why.
set -euo pipefail
cd "$(dirname "$0")/.."

# There are credentials here, so a key that cannot be looked up fails the preview.
export HW_PREFLIGHT=require
# Pulumi offers --event-log only with this variable; its Automation API uses the same pair.
export PULUMI_DEBUG_COMMANDS=true

status=0
rm -f preview.jsonl
pulumi preview --diff --event-log preview.jsonl --non-interactive || status=$?
node ci/cloud-details.mjs preview.jsonl >cloud-details.json
node ci/preview-comment.mjs preview.jsonl cloud-details.json >preview.md
exit "$status"
