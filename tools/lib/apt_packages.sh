# SPDX-License-Identifier: Apache-2.0
# The Debian packages the tools need. Installs only what is missing, and nothing when nothing is. Sourced after say.sh.

# To build and test.
apt_wanted=(
  cmake ninja-build g++ git python3
  clang-19 lld-19 libclang-rt-19-dev llvm-19
  g++-mingw-w64-x86-64-posix
  wine wine64
  libboost1.81-dev libboost-json1.81-dev libboost-program-options1.81-dev
  libgtest-dev libgmock-dev
  libpoco-dev
  valgrind  # to count instructions in bench/
  libsqlite3-0 tcl  # to build sqlite3.exe, the host of the sample plugin
  wixl msitools osslsigncode openssl  # to make and sign packages (tools/package)
  python3-yaml  # to check the workflows
  dpkg-dev ca-certificates libicu72
)
# For `tools/dev format` and `tools/dev tidy` only.
apt_wanted_for_style=(clang-format-19 clang-tidy-19)

# Prints those of the named packages that are not installed.
apt_missing() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s\n' "$package"
  done
}

# Runs a command as root: directly, or by sudo when it asks for no password.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

apt_install() {
  as_root apt-get update -q || return
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}

# apt_step PACKAGE...: makes sure that they are installed, or ends the tool with the line to type.
apt_step() {
  command -v dpkg-query >/dev/null || fail "this needs Debian 12 (no dpkg-query here)"
  local missing
  mapfile -t missing < <(apt_missing "$@")
  [ "${#missing[@]}" -eq 0 ] && return
  if [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; then
    fail "Debian packages are missing and only root can install them. Type:
  sudo apt-get install --no-install-recommends ${missing[*]}"
  fi
  say "installing ${#missing[@]} Debian packages: ${missing[*]}"
  step apt-install apt_install "${missing[@]}"
}
