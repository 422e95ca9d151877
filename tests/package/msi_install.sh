#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# msi_install.sh PACKAGE STAGE WORK_FOLDER: what an administrator does with the MSI, silently, under Wine: a failed installation
# leaves nothing; an installation with a configuration starts and serves a call; an upgrade keeps what was told and serves again;
# a removal leaves the configuration and nothing else.
set -eu
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$root/tools/lib/wine_env.sh"
package=$1
stage=$2
work=$3
drive=$WINEPREFIX/drive_c
installed="$drive/Program Files/Our Broker"  # not the default
data=$drive/ProgramData/PlugBroker
uninstall_key='HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall'
event_source_key='HKLM\System\CurrentControlSet\Services\EventLog\Application\PlugBroker'
service_key='HKLM\System\CurrentControlSet\Services\PlugBroker'
version=$(sed -n -E 's/^project\(PlugBroker VERSION ([0-9.]+).*/\1/p' "$root/CMakeLists.txt")
old=$package/PlugBroker-$version-x64.msi
new=$work/PlugBroker-9.8.7-x64.msi
export PLUGBROKER_TRUSTED_OWNERS=current_user
mkdir -p "$work"

windows_path() { printf 'Z:%s' "${1//\//\\}"; }
json_path() { local path; path=$(windows_path "$1"); printf '%s' "${path//\\/\\\\}"; }
# Never into a pipe: Wine's background services would hold it open.
wine_run() { "$root/tools/lib/wine-run" "$@" >"$work/output.txt" 2>&1 </dev/null; }
output() { tr -d '\r' <"$work/output.txt"; }
failed() {
  echo "FAILED: $*"
  echo "--- the last output:"
  output
  echo "--- the log:"
  cat "$work"/log/* 2>/dev/null || true
  exit 1
}
told() { echo "ok: $*"; }

# msi /i|/x FILE PROPERTY...
msi() { wine_run msiexec "$1" "$(windows_path "$2")" /qn "${@:3}"; }

# The version of each product of ours in the list of installed programs, one a line.
listed_versions() {
  wine_run reg query "$uninstall_key" /s || true
  output | awk '$1 == "DisplayName" { ours = $3 == "PlugBroker" } $1 == "DisplayVersion" && ours { print $3 }'
}
expect_listed() {
  [ "$(listed_versions)" = "$1" ] || failed "the list of installed programs has '$(listed_versions)'"
  told "the list of installed programs has $1 alone"
}
service_value() {
  wine_run reg query "$service_key" /v "$1" || return
  output | sed -n -E "s/^ +$1 +REG_[A-Z_]+ +//p"
}

# Prints what the package left behind, one line each.
leftovers() {
  find "$installed" "$drive/Program Files/PlugBroker" 2>/dev/null | sed 's/^/file: /' || true
  if wine_run sc query PlugBroker; then echo 'service: PlugBroker'; fi
  if wine_run reg query "$event_source_key"; then echo 'event source: PlugBroker'; fi
  if wine_run reg query 'HKLM\Software\PlugBroker'; then echo 'registry: HKLM\Software\PlugBroker'; fi
  listed_versions | sed 's/^/installed program: /'
}
expect_nothing_left() {
  local left
  left=$(leftovers)
  [ -z "$left" ] || { echo "$left"; failed "$1 left something"; }
  told "$1 left nothing"
}

# Every file of the package's list (SPDX) is installed as listed, and no other.
expect_product() {
  python3 - "$package/product/share/sbom.spdx.json" "$installed" <<'CHECK' || failed "the installed files are not the package's"
import hashlib, json, os, sys
document, root = json.load(open(sys.argv[1], encoding="utf-8")), sys.argv[2]
listed = {entry["fileName"][2:]: entry["checksums"][1]["checksumValue"] for entry in document["files"]}
found = {os.path.relpath(os.path.join(folder, name), root): os.path.join(folder, name)
         for folder, _, names in os.walk(root) for name in names}
wrong = [path for path in set(listed) ^ set(found) if path != "share/sbom.spdx.json"]
wrong += [path for path in set(listed) & set(found)
          if hashlib.sha256(open(found[path], "rb").read()).hexdigest() != listed[path]]
print("\n".join(sorted(wrong)) or f"ok: {len(found)} files are installed as listed")
sys.exit(1 if wrong or len(listed) < 20 else 0)
CHECK
}
expect_answer() {
  printf reader >"$work/request"
  wine_run "$installed/bin/plugbrokerctl.exe" call greet --deadline 30s --in "$(windows_path "$work/request")" ||
    failed "$1: no answer"
  [ "$(output)" = 'Hello, reader!' ] || failed "$1: another answer"
  told "$1: a call is answered"
}
expect_service() {
  local line
  line=$(service_value ImagePath)
  [ "$line" = "\"C:\\Program Files\\Our Broker\\bin\\plugbroker-service.exe\" run --config \"$config\"" ] ||
    failed "the service's command line is $line"
  [ "$(service_value ObjectName)" = 'NT AUTHORITY\LocalService' ] || failed "the service has another account"
  [ "$(service_value Start)" = 0x2 ] || failed "the service does not start with Windows"
  told "the service has its account, its configuration and its quotes"
}

# Also what a run before this one may have left, and what Wine keeps of an installation that was rolled back: always both
# packages, listed or not. Without it the removal at the end has once left every file.
clean_up() {
  local file
  for file in "$new" "$old"; do msi /x "$file" || true; done
  wine_run sc stop PlugBroker || true
  wine_run sc delete PlugBroker || true
  wine_run reg delete 'HKLM\Software\PlugBroker' /f || true
  wine_run reg delete "$event_source_key" /f || true
  rm -rf "$installed" "$drive/Program Files/PlugBroker" "$data" "$work/log"
}
"$root/packaging/make_msi.sh" "$package/product" 9.8.7 "$new"
clean_up
trap clean_up EXIT
expect_nothing_left "what was before"

# A configuration with a space in its path, in a folder that is not the default. On the prefix's drive C:, because the
# service refuses one in folders that others can write to, as those above this tree may be.
config_folder="$drive/my config"
mkdir -p "$config_folder"
config='C:\my config\plugbroker.json'
cat >"$config_folder/plugbroker.json" <<EOF
{
  "log": { "folder": "$(json_path "$work/log")" },
  "token_check": "report",
  "pools": { "minimal": {
    "command": ["$(json_path "$stage/workers/minimal/Minimal.exe")"],
    "routes": ["echo", "greet", "nap"],
    "environment": { "DOTNET_EnableWriteXorExecute": "0" },
  } },
}
EOF
cp "$config_folder/plugbroker.json" "$work/config.before"

echo "== an account that may need a password is refused"
if msi /i "$old" 'PLUGBROKER_ACCOUNT=.\somebody'; then failed "an account with a password was taken"; fi
expect_nothing_left "the refused installation"

echo "== a configuration that can't be is rolled back"
if msi /i "$old" 'PLUGBROKER_CONFIG=C:\no such folder\plugbroker.json'; then failed "an impossible installation succeeded"; fi
expect_nothing_left "the failed installation"

echo "== a service that has to start and can't is rolled back: the first configuration has no pool"
if msi /i "$old" PLUGBROKER_START=1; then failed "an installation succeeded whose service does not start"; fi
output | grep -q 'the service stopped instead' || failed "it failed for another reason"
# Wine undoes the files first, so that plugbroker-install, whose turn to undo comes later, is gone.
wine_run reg delete "$event_source_key" /f || true
expect_nothing_left "the installation that did not start"

echo "== install, with a folder, an account and a configuration, and start"
msi /i "$old" 'INSTALLDIR=C:\Program Files\Our Broker' 'PLUGBROKER_ACCOUNT=NT AUTHORITY\LocalService' \
  "PLUGBROKER_CONFIG=$config" PLUGBROKER_START=1 ||
  failed "msiexec /i ended with $?"
expect_product
expect_listed "$version"
expect_service
expect_answer "installed"

echo "== upgrade while it runs, without properties"
msi /i "$new" || failed "the upgrade ended with $?"
expect_product
expect_listed 9.8.7
expect_service
expect_answer "upgraded"

echo "== the version before is refused now"
if msi /i "$old"; then failed "an older version was installed over a newer one"; fi
expect_listed 9.8.7

echo "== the check for leftovers finds each kind of them"
leftovers >"$work/leftovers.txt"
for kind in file service 'event source' registry 'installed program'; do
  grep -q "^$kind: " "$work/leftovers.txt" || failed "leftovers finds no $kind of an installed product"
done

echo "== remove while it runs"
msi /x "$new" || failed "msiexec /x ended with $?"
expect_nothing_left "the removal"
cmp "$config_folder/plugbroker.json" "$work/config.before" || failed "the configuration was changed"
told "the configuration is as it was"
