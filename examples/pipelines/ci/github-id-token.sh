#!/usr/bin/env bash
# Has GitHub issue an ID token for this job, and writes it to the file that HUAWEICLOUD_OIDC_TOKEN_FILE names. The job
# needs `permissions: id-token: write`. The token lives for minutes, so run this right before it is used.
set -euo pipefail
umask 077

url="$ACTIONS_ID_TOKEN_REQUEST_URL&audience=$OIDC_AUDIENCE"
# The header goes in by stdin: arguments of a command can be seen by every process of the machine.
printf 'Authorization: bearer %s\n' "$ACTIONS_ID_TOKEN_REQUEST_TOKEN" |
  curl --silent --show-error --fail --max-time 20 --retry 3 --retry-max-time 60 --header @- "$url" |
  node -e 'let value; try { ({ value } = JSON.parse(require("node:fs").readFileSync(0, "utf8"))); } catch {}
    if (typeof value !== "string") { console.error("GitHub has issued no ID token"); process.exit(1); }
    process.stdout.write(value);' \
    >"$HUAWEICLOUD_OIDC_TOKEN_FILE"
