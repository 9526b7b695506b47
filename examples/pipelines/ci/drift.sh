#!/usr/bin/env bash
# Compares the stack that PULUMI_STACK names with the cloud, and changes nothing: reading the state is enough for it. Ends
# with 0 if they agree; with 7 if they differ, and the log shows in what; with another code if the cloud cannot be asked,
# because then nobody knows.
set -euo pipefail
cd "$(dirname "$0")/.."

pulumi refresh --preview-only --expect-no-changes --diff --non-interactive
