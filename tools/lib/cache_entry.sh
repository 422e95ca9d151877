# SPDX-License-Identifier: Apache-2.0
# The user's cache folder: things that take long to make and depend on nothing but versions and flags, which are the
# key in their name. Sourced after say.sh. Entries of old keys stay until somebody removes them; all may be removed.

cache_root=${XDG_CACHE_HOME:-$HOME/.cache}/plugbroker

# make_cache_entry ENTRY STEP FUNCTION: unless the entry is there, runs step STEP, in which FUNCTION makes it. One process
# at a time; what a stopped one left half-done is removed.
make_cache_entry() {
  [ -d "$1" ] && return
  mkdir -p "$cache_root"
  exec {cache_lock}>"$cache_root/lock"
  flock -n "$cache_lock" || { say "another process is filling $cache_root; waiting for it"; flock "$cache_lock"; }
  if [ ! -d "$1" ]; then
    rm -rf "$cache_root"/*.work "$cache_root"/*.prefix "$cache_root"/*.new
    step "$2" "$3" "$1"
  fi
  exec {cache_lock}>&-
}
