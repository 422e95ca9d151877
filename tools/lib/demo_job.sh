# SPDX-License-Identifier: Apache-2.0
# The main job that tools/demo shows, once everything is built and staged: demo_main. Sourced after demo_config.sh.

demo_dir=$build_dir/demo
demo_sqlite=$build_dir/deps/sqlite/bin/sqlite3.exe
demo_extension=$build_dir/samples/plugins/sqlite_extension/broker.dll
demo_latency=$build_dir/mingw-wine/bench/call_latency.exe

# Prints a heading.
demo_part() { printf '\n'; say "$*"; }

# Runs a Windows program. What it prints goes where the caller says; never into a pipe (see wine_prefix_start).
demo_wine() { "$repo_root/tools/lib/wine-run" "$@" </dev/null; }

# demo_show WHAT COMMAND...: prints WHAT as a command line, then what the command prints, indented.
demo_show() {
  local shown=$1 status=0
  shift
  printf '  > %s\n' "$shown"
  "$@" >"$demo_dir/output.txt" 2>&1 || status=$?
  tr -d '\r' <"$demo_dir/output.txt" | sed -e 's/^/    /' -e 's/[[:space:]]*$//'
  return "$status"
}

# Runs what stands in a file in the SQLite shell, in the repository's folder.
demo_sql() { (cd "$repo_root" && "$repo_root/tools/lib/wine-run" "$demo_sqlite" -batch :memory: <"$1"); }

# demo_status_field PATH: one value of `plugbrokerctl status --json`, read with SQLite's JSON functions.
demo_status_field() {
  demo_wine "$stage_dir/bin/plugbrokerctl.exe" status --json >"$demo_dir/status.json" 2>/dev/null || return
  printf "SELECT json_extract(readfile('build/demo/status.json'), '%s');\n" "$1" >"$demo_dir/field.sql"
  demo_sql "$demo_dir/field.sql" >"$demo_dir/field.txt" 2>&1
  tr -d '\r\n' <"$demo_dir/field.txt"
}

# How many workers of the pool are ready or busy.
demo_ready_workers() {
  demo_status_field '$.pools[0].workers' | grep -o -E '"state":"(ready|busy)"' | wc -l
}

# Waits until two workers are ready; half a minute is far more than they need.
demo_wait_ready() {
  local tries
  for ((tries = 0; tries < 150; tries++)); do
    [ "$(demo_ready_workers)" -ge 2 ] && return
    sleep 0.2
  done
  return 1
}

demo_query_documents() {
  cat >"$demo_dir/documents.sql" <<EOF
.load '${demo_extension}'
.mode column --wrap 0
WITH rendered AS MATERIALIZED (SELECT broker_call('markdown.to_html', readfile('README.md')) AS html)
SELECT 'README.md' AS document, length(html) AS html_length, substr(html, 1, instr(html, char(10)) - 1) AS first_line
  FROM rendered;
.print
WITH pages AS MATERIALIZED
  (SELECT name, broker_call('text.stats', readfile(name)) AS stats FROM fsdir('docs') WHERE name LIKE '%.md')
SELECT name AS page, json_extract(stats, '\$.words') AS words, json_extract(stats, '\$.lines') AS lines,
       json_extract(stats, '\$.terms[0].term') AS most_frequent
  FROM pages ORDER BY name;
EOF
  demo_show "sqlite3: render README.md, count the words of docs/ through the C# workers" demo_sql "$demo_dir/documents.sql"
}

# plugbroker-install with these arguments, shown as typed. What Wine does not have it says: "NOT set".
demo_installer() { demo_show "plugbroker-install $*" demo_wine "$stage_dir/bin/plugbroker-install.exe" "$@"; }

demo_install() {
  demo_installer install --config "$(windows_config_of "$demo_dir")" --start demand &&
    demo_installer start && demo_wait_ready
}

# Kills the first worker, asks again, and waits until the replacement is there.
demo_kill_worker() {
  local victim
  victim=$(demo_status_field '$.pools[0].workers[0].process_id')
  [ -n "$victim" ] || return
  demo_show "taskkill /F /PID $victim" demo_wine taskkill /F /PID "$victim" || return
  cat >"$demo_dir/again.sql" <<EOF
.load '${demo_extension}'
SELECT broker_call('markdown.to_html', '# Still *here*');
EOF
  demo_show "sqlite3: SELECT broker_call('markdown.to_html', '# Still *here*')" demo_sql "$demo_dir/again.sql" || return
  demo_wait_ready && demo_show "plugbrokerctl status" demo_wine "$stage_dir/bin/plugbrokerctl.exe" status
}

demo_measure() {
  PATH=$stage_dir/bin:$PATH WINEPATH=$(windows_path "$stage_dir/bin") demo_show \
    "call_latency: 1,000 calls of echo, beside starting a C# process for each call" \
    demo_wine "$demo_latency" --size 64 --calls 1000 \
    --process "$(windows_path "$build_dir/workers/process_per_call/ProcessPerCall.exe")" --process-calls 10
}

demo_remove() { demo_installer stop && demo_installer uninstall; }

demo_main() {
  step demo-programs cmake --build "$build_dir/mingw-wine" -j "$jobs" \
    --target call_latency plugbroker_dotnet_process_per_call
  rm -rf "$demo_dir"
  write_demo_config "$demo_dir"
  # Under Wine every account is one user, so the pipe's owner can't be the service's own SID, which clients trust.
  export PLUGBROKER_TRUSTED_OWNERS=current_user
  demo_part "Under Wine every account is one user: clients are told to trust it, PLUGBROKER_TRUSTED_OWNERS=current_user"

  demo_part "install, start, wait until it is ready" && demo_install || return
  demo_part "a plugin in a host application: SQLite" && demo_query_documents || return
  demo_part "what the service says of itself" &&
    demo_show "plugbrokerctl status" demo_wine "$stage_dir/bin/plugbrokerctl.exe" status || return
  demo_part "a worker dies; the next query answers; a replacement is there" && demo_kill_worker || return
  demo_part "what a call costs" && demo_measure || return
  demo_part "stop and uninstall" && demo_remove || return
  printf '\n'
}
