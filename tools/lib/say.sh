# SPDX-License-Identifier: Apache-2.0
# What the tools print: one line per step with its elapsed time; everything else goes to build/logs/.
# Sourced, never run. Sets repo_root, build_dir and log_dir.

repo_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build_dir=$repo_root/build
log_dir=$build_dir/logs
mkdir -p "$log_dir"

say_started=${EPOCHREALTIME/[.,]/}

# Seconds since the tool began, as "  12.3".
say_elapsed() {
  local tenths=$(((${EPOCHREALTIME/[.,]/} - say_started) / 100000))
  printf '%4d.%d' $((tenths / 10)) $((tenths % 10))
}

say() { printf '[%s s] %s\n' "$(say_elapsed)" "$*"; }

# Ends the tool with a message for people and status 1.
fail() {
  printf '[%s s] FAILED: %s\n' "$(say_elapsed)" "$*" >&2
  exit 1
}

# step NAME COMMAND...: runs the command with its output in build/logs/NAME.log and prints one line with what it took.
# Says every 30 s that it is still running. On failure shows the end of the log and ends the tool.
step() {
  local name=$1 log=$log_dir/$1.log began=${EPOCHREALTIME/[.,]/} status=0 ticker
  shift
  mkdir -p "$(dirname "$log")"
  say "$name ..."
  (
    trap 'kill "$sleeper" 2>/dev/null; exit 0' TERM
    while true; do
      sleep 30 & sleeper=$!
      wait "$sleeper"
      say "$name: still running; $(tail -n 1 "$log" 2>/dev/null | tr -d '\r' | cut -c 1-90)"
    done
  ) &
  ticker=$!
  # A subshell, so that a function that calls `fail` ends the step, and the end of its log is still shown.
  ("$@") >"$log" 2>&1 </dev/null || status=$?
  kill "$ticker" 2>/dev/null
  wait "$ticker" 2>/dev/null
  local tenths=$(((${EPOCHREALTIME/[.,]/} - began) / 100000))
  if [ "$status" -ne 0 ]; then
    printf -- '--- end of %s\n' "${log#"$repo_root"/}" >&2
    tail -n 40 "$log" >&2
    printf -- '---\n' >&2
    fail "$name (status $status after $((tenths / 10)) s; whole log: ${log#"$repo_root"/})"
  fi
  say "$name: done in $((tenths / 10)).$((tenths % 10)) s"
}
