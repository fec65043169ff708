#!/bin/sh
# run.sh REPORT_SAMPLE WORKDIR: writes the made-up reports and opens them in a browser.
# Without chromium, node or npm nothing is tested, and that is said: exit status 77.
set -eu
sample=$1
work=$2/report-e2e
here=$(cd "$(dirname "$0")" && pwd)
skip() { echo "SKIPPED, NOT PASSED: the report was not opened in a browser: $1" >&2; exit 77; }

chromium=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
[ -n "$chromium" ] || skip "no chromium (apt-get install chromium)"
command -v node >/dev/null || skip "no node (apt-get install nodejs npm)"
command -v npm >/dev/null || skip "no npm (apt-get install npm)"

mkdir -p "$work/html"
cp "$here/package.json" "$here/package-lock.json" "$here"/*.mjs "$work/"
cd "$work"
if ! cmp -s package-lock.json node_modules/.done; then
  npm ci --no-audit --no-fund --ignore-scripts >npm.log 2>&1 || skip "npm ci failed, see $work/npm.log"
  cp package-lock.json node_modules/.done
fi
"$sample" "$work/html"
CHROMIUM=$chromium exec node report.mjs "$work/html" "$work/shots"
