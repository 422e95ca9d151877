# SPDX-License-Identifier: Apache-2.0
# One ctest run over several build folders, with one closing line. Sourced after build_steps.sh.

all_tests_dir=$build_dir/all-tests

# write_all_tests PRESET...: the file that makes one ctest run of them.
write_all_tests() {
  local preset
  mkdir -p "$all_tests_dir"
  for preset in "$@"; do printf 'subdirs("%s")\n' "$build_dir/$preset"; done >"$all_tests_dir/CTestTestfile.cmake"
}

# Prints one line every few seconds while ctest (process $1, writing to $2) runs.
watch_ctest() {
  local pid=$1 log=$2 tick=0 line
  while kill -0 "$pid" 2>/dev/null; do
    sleep 1
    tick=$((tick + 1))
    [ $((tick % 15)) -eq 0 ] || continue
    line=$(grep -E '^ *[0-9]+/[0-9]+ Test +#' "$log" | tail -n 1 | awk '{ print $1 " run, the last was " $4 }')
    say "tests: ${line:-discovering}, $(grep -c -E '\*\*\*(Failed|Timeout|Exception|Not Run)' "$log") failed"
  done
}

# Prints the output of failed cases, at most 150 lines of it, and their list.
show_failures() {
  awk '/\(Disabled\)/ { next } /\*\*\*(Failed|Timeout|Exception|Not Run)/ { shown = 1 } /^ +Start +[0-9]+: / || / Passed +[0-9.]+ sec$/ { shown = 0 } shown' \
    "$1" | head -n 150
  sed -n '/^The following tests FAILED:/,/^Errors while running CTest/p' "$1" | head -n 60
}

# run_all_tests CTEST_ARGUMENT...: returns ctest's status. Prints ctest's closing line, and what failed.
run_all_tests() {
  local log=$log_dir/ctest.log status=0 pid
  say "tests ... (build/logs/ctest.log)"
  # Into a file, never into a pipe: a process that a test leaves behind would hold the pipe open.
  # Wine now and then does not end a process that has finished: what hit its time limit is run once more, and named.
  # One more at a time than there are cores, because many wait for others.
  ctest --test-dir "$all_tests_dir" -j "$((jobs + 1))" --timeout 300 --repeat after-timeout:2 --output-on-failure \
    --no-tests=error "$@" \
    >"$log" 2>&1 </dev/null &
  pid=$!
  watch_ctest "$pid" "$log"
  wait "$pid" || status=$?
  sed -n -E 's/.* Test +#[0-9]+: ([^ ]+) .*\*\*\*Timeout.*/hit its time limit: \1/p' "$log"
  [ "$status" -eq 0 ] || show_failures "$log"
  all_tests_closing_line=$(grep -E '^[0-9]+% tests passed|^No tests were found' "$log" | tail -n 1)
  return "$status"
}
