#!/usr/bin/env bash
# Compares the stack that PULUMI_STACK names with the cloud, and changes nothing. Ends with 0 where they agree; with 7
# where they differ, and the log shows in what; with another code where the cloud cannot be asked, for then nobody knows.
set -euo pipefail
cd "$(dirname "$0")/.."

pulumi refresh --preview-only --expect-no-changes --diff --non-interactive
