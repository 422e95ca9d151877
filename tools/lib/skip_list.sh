# SPDX-License-Identifier: Apache-2.0
# Which tests of the last run were skipped, and why; compared with the list in docs/TESTING.md, between the lines
#   <!-- skips:begin -->  and  <!-- skips:end -->
# Sourced after all_tests.sh.

testing_document=$repo_root/docs/TESTING.md

# Prints "reason<TAB>test" of each skipped case: GoogleTest's GTEST_SKIP, xunit's Skip, and ctest's disabled tests.
list_skips() {
  tr -d '\r' <"$all_tests_dir/Testing/Temporary/LastTest.log" | awk '
    function report(test) {
      if (reason == "") reason = "(no reason was given)"
      print reason "\t" test
      reason = ""; reading = 0
    }
    /^[0-9]+\/[0-9]+ Test: / { name = $0; sub(/^[0-9]+\/[0-9]+ Test: /, "", name); reading = 0; xunit = "" }
    /: Skipped$/ { reading = 1; reason = ""; next }
    /^\[  SKIPPED \] .* \([0-9]+ ms\)$/ { report(name); next }
    reading && NF { line = $0; gsub(/^ +| +$/, "", line); reason = reason (reason == "" ? "" : " ") line; next }
    xunit != "" { reason = $0; gsub(/^ +| +$/, "", reason); report(name ": " xunit); xunit = ""; next }
    /^ +[^ ].* \[SKIP\]$/ { xunit = $0; gsub(/^ +| \[SKIP\]$/, "", xunit) }
  '
  sed -n -E 's/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: ([^ ]+) .*\(Disabled\).*/(disabled)\t\1/p' "$log_dir/ctest.log"
}

# The same in the form of the document.
format_skips() {
  list_skips | sort -u | awk -F '\t' '$1 != last { print "- " $1; last = $1 } { print "  - `" $2 "`" }'
}

documented_skips() {
  sed -n '/^<!-- skips:begin -->$/,/^<!-- skips:end -->$/p' "$testing_document" 2>/dev/null |
    sed -e '1d' -e '$d' -e '/^$/d'
}

# Puts the list of the last run into the document.
accept_skips() {
  grep -q '^<!-- skips:begin -->$' "$testing_document" ||
    fail "docs/TESTING.md has no line '<!-- skips:begin -->' (and '<!-- skips:end -->')"
  format_skips >"$all_tests_dir/skips.txt"
  awk -v list="$all_tests_dir/skips.txt" '
    /^<!-- skips:end -->$/ { inside = 0 }
    !inside { print }
    /^<!-- skips:begin -->$/ { inside = 1; while ((getline line < list) > 0) print line }
  ' "$testing_document" >"$testing_document.new" && mv "$testing_document.new" "$testing_document"
}

# check_skips all|some: prints the skips; returns 1 when they differ from the document's. With `some` (not every test
# was run) it is enough that the document has each of them.
check_skips() {
  local found documented difference
  found=$(format_skips)
  documented=$(documented_skips)
  if [ -n "$found" ]; then
    printf 'Skipped:\n%s\n' "$found"
  else
    printf 'Skipped: none\n'
  fi
  if [ "$1" = all ]; then
    difference=$(diff <(printf '%s\n' "$documented") <(printf '%s\n' "$found") | grep '^[<>] .')
  else
    difference=$(grep -F -x -v -f <(printf '%s\n' "$documented") <(printf '%s\n' "$found") | sed 's/^/> /')
    [ -n "$found" ] || difference=
  fi
  [ -z "$difference" ] && return
  printf 'This list is not the one in docs/TESTING.md (<: only there, >: only in this run):\n%s\n' "$difference"
  return 1
}
