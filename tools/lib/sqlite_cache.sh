# SPDX-License-Identifier: Apache-2.0
# sqlite3.exe and its headers for mingw, built once from Debian's source package into the user's cache folder: the host
# application that the sample plugin and its tests are loaded into. Sourced after dependency_cache.sh; an entry of its
# own, so that neither rebuilds the other. Needs the Debian packages libsqlite3-0 (for the version) and tcl.

sqlite_key() {
  {
    dpkg-query -W -f='${source:Package} ${source:Version}\n' libsqlite3-0
    dpkg-query -W -f='${Package} ${Version}\n' g++-mingw-w64-x86-64-posix
    cat "$repo_root/tools/lib/sqlite_cache.sh"
  } | sha256sum | cut -c 1-16
}

build_sqlite() {
  local entry=$1 work=$1.work prefix=$1.prefix
  local dependency_packages=(libsqlite3-0)
  rm -rf "$work" "$prefix"
  mkdir -p "$work/build" "$prefix/bin" "$prefix/include"
  fetch_sources "$work" || return
  # The amalgamation is made natively; only its two files are cross-compiled.
  (cd "$work/build" && "$(echo "$work"/sqlite3-*/)configure" --disable-tcl --disable-readline &&
    make sqlite3.c shell.c sqlite3ext.h) &&
    nice -n 5 x86_64-w64-mingw32-gcc-posix -O1 -static -I "$work/build" -o "$prefix/bin/sqlite3.exe" \
      "$work/build/shell.c" "$work/build/sqlite3.c" &&
    cp "$work/build/sqlite3.h" "$work/build/sqlite3ext.h" "$prefix/include/" &&
    mv "$prefix" "$entry" &&
    rm -rf "$work"
}

# Makes sure that the cache has it and that build/deps/sqlite points to it.
sqlite_step() {
  local entry
  entry=$cache_root/sqlite-$(sqlite_key)
  make_cache_entry "$entry" sqlite build_sqlite
  mkdir -p "$build_dir/deps"
  ln -sfn "$entry" "$build_dir/deps/sqlite"
}
