# SPDX-License-Identifier: Apache-2.0
# Boost (json, program_options), Poco (Foundation) and GoogleTest for mingw, built once from Debian's source packages
# into the user's cache folder. Sourced after say.sh. The versions are those of the installed Debian libraries, so that
# native and cross builds use the same. The key of a cache entry covers versions, compiler and everything in this file.

. "$repo_root/tools/lib/cache_entry.sh"

# Debian binary package whose source package and version are wanted.
dependency_packages=(libboost1.81-dev libpoco-dev libgtest-dev)

dependency_key() {
  {
    dpkg-query -W -f='${source:Package} ${source:Version}\n' "${dependency_packages[@]}"
    dpkg-query -W -f='${Package} ${Version}\n' g++-mingw-w64-x86-64-posix mingw-w64-x86-64-dev
    cat "$repo_root/tools/lib/dependency_cache.sh" "$repo_root"/cmake/toolchains/{mingw-w64-x86_64,poco_unity}.cmake
  } | sha256sum | cut -c 1-16
}

# fetch_sources FOLDER: unpacks the source packages there. Uses package lists of its own (the machine's sources with
# deb replaced by deb-src), so that the machine's lists stay as they are.
fetch_sources() {
  local folder=$1 file name
  mkdir -p "$folder"/apt/{sources,lists/partial,archives/partial}
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
    [ -f "$file" ] || continue
    name=$(basename "$file")
    case $name in
      *.sources) sed -E 's/^Types:.*/Types: deb-src/' "$file" >"$folder/apt/sources/$name" ;;
      *.list) sed -n -E 's/^deb(-src)?[[:space:]]/deb-src /p' "$file" | sort -u >"$folder/apt/sources/$name" ;;
    esac
  done
  local options=(-q -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$folder/apt/sources"
    -o "Dir::State::lists=$folder/apt/lists" -o "Dir::Cache=$folder/apt" -o "Dir::Cache::archives=archives"
    -o APT::Sandbox::User=root)
  # A third party's list without sources makes this fail; what counts is whether the next command finds its packages.
  apt-get "${options[@]}" update || true
  local package wanted
  for package in "${dependency_packages[@]}"; do
    wanted=$(dpkg-query -W -f='${source:Package}=${source:Version}' "$package")
    # A point release may have replaced the installed version; the current one of the same Debian will do.
    (cd "$folder" && { apt-get "${options[@]}" source "$wanted" || apt-get "${options[@]}" source "${wanted%%=*}"; }) ||
      return
  done
}

# cross_build NAME SOURCE PREFIX CMAKE_ARGUMENTS...
cross_build() {
  local name=$1 source=$2 prefix=$3
  shift 3
  local build
  build=$(dirname "$source")/build-$name
  nice -n 5 cmake -G Ninja -S "$source" -B "$build" \
    "-DCMAKE_TOOLCHAIN_FILE=$repo_root/cmake/toolchains/mingw-w64-x86_64.cmake" \
    -DCMAKE_BUILD_TYPE=Release "-DCMAKE_INSTALL_PREFIX=$prefix" -DBUILD_SHARED_LIBS=OFF "$@" &&
    nice -n 5 cmake --build "$build" -j "$(nproc)" &&
    cmake --install "$build" >"$build/install.txt"
}

# Poco 1.11 includes two Windows headers with wrong capitals, and a macro of <iphlpapi.h> breaks it.
make_poco_headers() {
  local folder=$1
  mkdir -p "$folder"
  printf '#include <winsock2.h>\n' >"$folder/Winsock2.h"
  printf '#include <iphlpapi.h>\n#undef TIMESTAMP_REQUEST\n' >"$folder/Iphlpapi.h"
}

# Everything of Poco but Foundation is switched off; each of its options has to be named.
poco_options() {
  local part
  for part in ACTIVERECORD ACTIVERECORD_COMPILER APACHECONNECTOR CPPPARSER CRYPTO DATA DATA_MYSQL DATA_ODBC \
    DATA_POSTGRESQL DATA_SQLITE ENCODINGS ENCODINGS_COMPILER FUZZING JSON JWT MONGODB NET NETSSL NETSSL_WIN PAGECOMPILER \
    PAGECOMPILER_FILE2PAGE PDF POCODOC PROMETHEUS REDIS SAMPLES SEVENZIP TESTS UTIL XML ZIP; do
    printf -- '-DENABLE_%s=OFF\n' "$part"
  done
}

build_dependencies() {
  local entry=$1 work=$1.work prefix=$1.prefix options
  rm -rf "$work" "$prefix"
  mkdir -p "$work" "$prefix"
  fetch_sources "$work" || return
  make_poco_headers "$work/headers-for-poco"
  mapfile -t options < <(poco_options)
  cross_build boost "$(echo "$work"/boost1.81-*/)" "$prefix" '-DBOOST_INCLUDE_LIBRARIES=program_options;json' \
    -DBUILD_TESTING=OFF -DCMAKE_CXX_STANDARD=20 &&
    cross_build googletest "$(echo "$work"/googletest-*/)" "$prefix" -DBUILD_GMOCK=ON &&
    cross_build poco "$(echo "$work"/poco-*/)" "$prefix" -DPOCO_UNBUNDLED=OFF "${options[@]}" \
      "-DCMAKE_PROJECT_INCLUDE=$repo_root/cmake/toolchains/poco_unity.cmake" \
      "-DCMAKE_CXX_FLAGS=-isystem $work/headers-for-poco -D_WIN32_WINNT=0x0A00" &&
    mv "$prefix" "$entry" &&
    rm -rf "$work"
}

# Makes sure that the cache has what is needed and that build/deps/mingw points to it.
dependency_step() {
  local entry
  entry=$cache_root/mingw-$(dependency_key)
  [ -d "$entry" ] || say "Boost, Poco and GoogleTest for mingw are built, once, into $entry"
  make_cache_entry "$entry" dependencies build_dependencies
  mkdir -p "$build_dir/deps"
  ln -sfn "$entry" "$build_dir/deps/mingw"
}
