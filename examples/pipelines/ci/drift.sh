#!/usr/bin/env bash
# Compares the stack that PULUMI_STACK names with the cloud, and changes nothing. Succeeds where they agree. Fails where
# they differ, and the log shows in what; fails too where the cloud cannot be asked, for then nobody knows.
set -euo pipefail
cd "$(dirname "$0")/.."

pulumi refresh --preview-only --expect-no-changes --diff --non-interactive
