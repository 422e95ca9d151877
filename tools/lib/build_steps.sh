# SPDX-License-Identifier: Apache-2.0
# The steps that tools/test, tools/demo and tools/dev are made of. Sourced; brings in all it needs.
# Names: build_dir, log_dir (say.sh), stage_dir (the staged product), WINEPREFIX (the private prefix).

. "$(dirname "${BASH_SOURCE[0]}")/say.sh"
. "$repo_root/tools/lib/apt_packages.sh"
. "$repo_root/tools/lib/dependency_cache.sh"
. "$repo_root/tools/lib/sqlite_cache.sh"
. "$repo_root/tools/lib/wine_prefix.sh"

stage_dir=$build_dir/stage
jobs=$(nproc)

# No background processes of the .NET SDK, which would outlive us, and none of its greetings.
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

dotnet_check() {
  if ! command -v dotnet >/dev/null || ! dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; then
    fail "the .NET SDK 10 is missing. Install it from https://dotnet.microsoft.com/download/dotnet/10.0 (or with
  dotnet-install.sh --channel 10.0) and see that 'dotnet --list-sdks' names a 10.x"
  fi
}

# Everything that has to be there before anything can be built.
setup_step() {
  command -v git >/dev/null || fail "git is missing (apt-get install git)"
  dotnet_check
  apt_step "${apt_wanted[@]}"
  dependency_step
  sqlite_step
}

configure_and_build() {
  local preset=$1
  shift
  [ $# -eq 0 ] || set -- --target "$@"
  cmake --preset "$preset" && cmake --build "$build_dir/$preset" -j "$jobs" "$@"
}

# build_step PRESET [TARGET...]
build_step() { (cd "$repo_root" && step "build-$1" configure_and_build "$@"); }

# Makes build/stage anew from what build/mingw-wine holds.
stage_product() {
  rm -rf "$stage_dir" && cmake --install "$build_dir/mingw-wine" --prefix "$stage_dir" --component product
}

# The samples see build/stage only, as a user's project sees an installed product: the native ones by find_package, the
# C# ones by the NuGet packages in share/nuget. Those are published into build/stage/workers/<folder> and clients/<folder>.
build_samples() {
  local project name kind
  if [ -f "$repo_root/samples/CMakeLists.txt" ]; then
    cmake -G Ninja -S "$repo_root/samples" -B "$build_dir/samples" -DCMAKE_BUILD_TYPE=Release \
      "-DCMAKE_TOOLCHAIN_FILE=$repo_root/cmake/toolchains/mingw-w64-x86_64-user.cmake" \
      "-DCMAKE_PREFIX_PATH=$stage_dir;$build_dir/deps/sqlite" &&
      cmake --build "$build_dir/samples" -j "$jobs" || return
  fi
  for project in "$repo_root"/samples/{workers,clients}/*/*.csproj; do
    [ -f "$project" ] || continue
    name=$(basename "$(dirname "$project")")
    kind=$(basename "$(dirname "$(dirname "$project")")")
    mkdir -p "$build_dir/$kind" "$stage_dir/$kind" &&
      publish_sample "$project" "$build_dir/$kind/$name" &&
      cp -a "$build_dir/$kind/$name" "$stage_dir/$kind/$name" || return
  done
}

# publish_sample CSPROJ FOLDER: for win-x64 with its own runtime; again only when the project or the staged package
# changed. Packages made here keep their version while their content changes, so NuGet's copy is forgotten first.
publish_sample() {
  local project=$1 folder=$2 sum
  sum=$({
    find "$(dirname "$project")" -type f -not -path '*/obj/*' -not -path '*/bin/*' -print0 | sort -z | xargs -0 sha256sum
    find "$build_dir/mingw-wine/nuget" -name '*.nupkg' -print0 2>/dev/null | sort -z | xargs -0 -r sha256sum
  } | sha256sum)
  [ "$(cat "$folder.sum" 2>/dev/null)" = "$sum" ] && return
  local packages
  packages=$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: //')
  rm -rf "$folder" "${packages:?}"/plugbroker.worker "${packages:?}"/plugbroker.client
  dotnet publish "$project" -c Release -r win-x64 --self-contained true -o "$folder" --nologo -v quiet \
    -nodeReuse:false -p:UseSharedCompilation=false --artifacts-path "$build_dir/dotnet/artifacts-samples" \
    "-p:PlugBrokerDotnetBuild=$build_dir/dotnet/artifacts-samples" &&
    printf '%s\n' "$sum" >"$folder.sum"
}

# build/stage, complete: product and samples. Needs a built build/mingw-wine.
stage_step() {
  step stage stage_product
  step samples build_samples
}
