#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# make_msi.sh PRODUCT VERSION OUTPUT.msi: the Windows Installer package of the product (a folder with bin/, include/, lib/ and
# share/). Needs wixl and msibuild (Debian packages wixl and msitools).
set -eu
export PYTHONDONTWRITEBYTECODE=1
packaging=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
product=$(cd "$1" && pwd)
version=$2
output=$(realpath "$3")

# wixl fills SecureCustomProperties with its own alone. With these, what an administrator gives at an elevation prompt reaches
# the part of the installation that runs elevated.
secure_properties='PLUGBROKER_ACCOUNT;PLUGBROKER_CONFIG;PLUGBROKER_START;INSTALLDIR;SAVED_ACCOUNT;SAVED_CONFIG;SAVED_FOLDER'

# The first version that is newer: wixl has no upper bound that counts itself.
next_version=${version%.*}.$((${version##*.} + 1))

work=$output.work
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
code=$(python3 "$packaging/wix_files.py" "$product" "$version" "$work/files.wxs" "$work/statements.sql")
rm -f "$output"
# In the product's folder, to which the sources are relative. wixl goes on after an attribute that it doesn't know: whatever it
# has to say is an error.
(cd "$product" && wixl -a x64 -o "$output" -D "ProductCode=$code" -D "Version=$version" -D "NextVersion=$next_version" \
  "$packaging/plugbroker.wxs" "$work/files.wxs") >"$work/wixl.txt" 2>&1 || { cat "$work/wixl.txt" >&2; exit 1; }
[ ! -s "$work/wixl.txt" ] || { cat "$work/wixl.txt" >&2; exit 1; }

secured=$(msiinfo export "$output" Property | tr -d '\r' | sed -n 's/^SecureCustomProperties\t//p')
[ -n "$secured" ] || { echo "make_msi.sh: wixl wrote no SecureCustomProperties" >&2; exit 1; }
queries=(
  -q "UPDATE \`Property\` SET \`Value\` = '$secured;$secure_properties' WHERE \`Property\` = 'SecureCustomProperties'"
  # wixl knows neither rollback actions (in script 0x400, rollback 0x100) nor searches in the 64-bit registry (0x10).
  -q "UPDATE \`CustomAction\` SET \`Type\` = 3410 WHERE \`Action\` = 'UndoConfigure'"
  -q "UPDATE \`RegLocator\` SET \`Type\` = 18")
while IFS= read -r statement; do queries+=(-q "$statement"); done <"$work/statements.sql"
msibuild "$output" "${queries[@]}"
