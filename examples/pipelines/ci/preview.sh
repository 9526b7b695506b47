#!/usr/bin/env bash
# Previews the stack that PULUMI_STACK names, for a reviewer: the log shows the diff, preview.md is for a comment.
# Fails where the preview fails, after it has written preview.md, which then says why.
set -euo pipefail
cd "$(dirname "$0")/.."

status=0
pulumi preview --diff --non-interactive || status=$?
pulumi preview --json --non-interactive >preview.json || status=$?
node ci/cloud-details.mjs preview.json >cloud-details.json
node ci/preview-comment.mjs preview.json cloud-details.json >preview.md
exit "$status"
