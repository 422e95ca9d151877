# SPDX-License-Identifier: Apache-2.0
# The service, installed from build/stage in a private Wine prefix, for the programs of bench/. Sourced after
# tools/lib/build_steps.sh and tools/lib/demo_config.sh.
# Names: bench_dir (configuration and output of the run), bench_programs (the built programs).

bench_dir=$build_dir/bench
bench_programs=$build_dir/mingw-wine/bench
export WINEPREFIX=$build_dir/wine-prefix-bench
# Under Wine every account is one user; see docs/SECURITY.md.
export PLUGBROKER_TRUSTED_OWNERS=current_user

# Runs a Windows program with plugbroker.dll of the stage on its PATH; never into a pipe (see wine_prefix_start).
bench_wine() {
  local status=0
  WINEPATH=$(windows_path "$stage_dir/bin") "$repo_root/tools/lib/wine-run" "$@" >"$bench_dir/output.txt" 2>&1 </dev/null ||
    status=$?
  tr -d '\r' <"$bench_dir/output.txt"
  return "$status"
}

bench_build() { cmake --build "$build_dir/mingw-wine" -j "$jobs" --target plugbroker_product "$@"; }

# bench_prepare TARGET...: builds the product and these targets, stages, and starts a fresh prefix. bench_dir is emptied.
bench_prepare() {
  setup_step
  build_step mingw-wine plugbroker_product
  step build-bench bench_build "$@"
  stage_step
  trap wine_prefix_end EXIT
  wine_prefix_step
  rm -rf "$bench_dir"
  mkdir -p "$bench_dir"
}

# Installs and starts the service with the configuration of $bench_dir (write_config).
bench_start_service() {
  local command
  command="\"$(windows_path "$stage_dir/bin/plugbroker-service.exe")\" run --config \"$(windows_config_of "$bench_dir")\""
  bench_wine sc create PlugBroker binPath= "$command" obj= 'NT SERVICE\PlugBroker' >/dev/null || fail "sc create"
  bench_wine sc start PlugBroker >/dev/null || fail "sc start"
}

bench_stop_service() {
  bench_wine sc stop PlugBroker >/dev/null
  bench_wine sc delete PlugBroker >/dev/null
}

# write_bench_config [MIN_WORKERS]: one worker of the sample `documents` that takes 64 calls at once; at least so many (1).
write_bench_config() {
  write_config "$bench_dir" <<EOC
{
  "log": { "folder": "$(json_path "$bench_dir/log")" },
  // Wine ignores much of what confines workers; on Windows leave this away.
  "token_check": "report",
  "quotas": { "max_sessions": 16384, "hello_rate": 100000, "hello_burst": 100000 },
  "pools": {
    "documents": {
      "command": ["$(json_path "$stage_dir/workers/documents/Documents.exe")"],
      "routes": ["echo"],
      "min_workers": ${1:-1},
      "max_workers": 1,
      "concurrency": 64,
      // .NET dies under Wine 8 without this; Windows does not need it.
      "environment": { "DOTNET_EnableWriteXorExecute": "0" },
    },
  },
}
EOC
}
