#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# run_readme.sh WORK_FOLDER: takes the C# worker, the C plugin and the config out of README.md, builds both against
# build/stage as a reader would, installs the service with `sc create`, and runs the plugin.
set -eu
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
. "$root/tools/lib/wine_env.sh"
work=$1
stage=$root/build/stage
mkdir -p "$work/worker" "$work/plugin"

# block LANGUAGE: the first block of that language in README.md.
block() {
  awk -v fence="\`\`\`$1" '$0 == fence { inside = 1; next } /^```/ && inside { exit } inside' "$root/README.md"
}
# Writes only what changed, so that a second run builds nothing.
put() { cat >"$1.new"; if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi; }
windows_path() { printf 'Z:%s' "${1//\//\\}"; }
# Never into a pipe: Wine's background services would hold it open.
wine_run() { "$root/tools/lib/wine-run" "$@" >"$work/output.txt" 2>&1 </dev/null; }

for language in csharp c jsonc; do
  [ -n "$(block $language)" ] || { echo "README.md has no block of $language" >&2; exit 1; }
done

block csharp | put "$work/worker/Program.cs"
put "$work/worker/minimal.csproj" <<EOF
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <Nullable>enable</Nullable>
    <InvariantGlobalization>true</InvariantGlobalization>
    <NuGetAudit>false</NuGetAudit>
  </PropertyGroup>
  <ItemGroup><PackageReference Include="PlugBroker.Worker" Version="0.1.0" /></ItemGroup>
</Project>
EOF
put "$work/worker/nuget.config" <<EOF
<configuration><packageSources><add key="stage" value="$stage/share/nuget" /></packageSources></configuration>
EOF
block c | put "$work/plugin/plugin.c"
put "$work/plugin/CMakeLists.txt" <<EOF
cmake_minimum_required(VERSION 3.25)
project(plugin LANGUAGES C CXX)
find_package(PlugBroker CONFIG REQUIRED)
add_executable(plugin plugin.c)
target_compile_options(plugin PRIVATE -std=c11 -Wall -Wextra -Wpedantic -Werror)
target_link_libraries(plugin PRIVATE PlugBroker::plugbroker_static)
set_target_properties(plugin PROPERTIES LINKER_LANGUAGE CXX)
EOF

echo "building the worker and the plugin of README.md"
DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 dotnet publish "$work/worker/minimal.csproj" -c Release -r win-x64 \
  --self-contained true -o "$work/workers/minimal" -v quiet -nodeReuse:false -p:UseSharedCompilation=false
cmake -G Ninja -S "$work/plugin" -B "$work/plugin-build" -DCMAKE_BUILD_TYPE=Release \
  "-DCMAKE_TOOLCHAIN_FILE=$root/cmake/toolchains/mingw-w64-x86_64-user.cmake" "-DCMAKE_PREFIX_PATH=$stage" >"$work/cmake.txt"
cmake --build "$work/plugin-build"

# The README's config with the worker's place here, a log folder, what .NET needs under Wine 8, and leave to run where
# Wine does not confine workers. It lies on the prefix's drive C:, because the service refuses one in folders that others
# can write to, as those above this tree may be.
config_folder=$WINEPREFIX/drive_c/PlugBroker-readme
config='C:\PlugBroker-readme\plugbroker.json'
mkdir -p "$config_folder"
json_path() { local path; path=$(windows_path "$1"); printf '%s' "${path//\\/\\\\}"; }
block jsonc | WORKER=$(json_path "$work/workers/minimal/minimal.exe") LOG=$(json_path "$work/log") awk '
  NR == 1 {
    print "{"
    print "  \"log\": { \"folder\": \"" ENVIRON["LOG"] "\" },"
    print "  \"token_check\": \"report\","
    next
  }
  /"command":/ {
    print "      \"command\": [\"" ENVIRON["WORKER"] "\"],"
    print "      \"environment\": { \"DOTNET_EnableWriteXorExecute\": \"0\" },"
    next
  }
  { print }' >"$config_folder/plugbroker.json"

remove_service() {
  wine_run sc stop PlugBroker || true
  wine_run sc delete PlugBroker || true
}
remove_service
trap remove_service EXIT
wine_run "$stage/bin/plugbroker-service.exe" check-config --config "$config" ||
  { cat "$work/output.txt"; exit 1; }
wine_run sc create PlugBroker binPath= "\"$(windows_path "$stage/bin/plugbroker-service.exe")\" run --config \"$config\"" \
  obj= 'NT SERVICE\PlugBroker'
wine_run sc start PlugBroker

export PLUGBROKER_TRUSTED_OWNERS=current_user
status=0
wine_run "$work/plugin-build/plugin.exe" reader || status=$?
tr -d '\r' <"$work/output.txt"
[ "$status" -eq 0 ] || { echo "the plugin ended with $status; the service's log:"; cat "$work"/log/*; exit 1; }
grep -q '^Hello, reader!' "$work/output.txt" || { echo "that is not what README.md promises"; exit 1; }
