# SPDX-License-Identifier: Apache-2.0
# Wine prefixes. One is booted and set up per Wine version, kept in the user's cache folder, and copied (2 s) instead of
# booted (7 to 13 s). Sourced after say.sh and dependency_cache.sh (for cache_root).
# shellcheck source=tools/lib/wine_env.sh
. "$repo_root/tools/lib/wine_env.sh"

# Stands in every prefix made here. A folder without it is somebody else's and is never removed.
wine_prefix_mark=.plugbroker-prefix

wine_template_key() {
  {
    dpkg-query -W -f='${Package} ${Version}\n' wine wine64
    cat "$repo_root/tools/lib/wine_prefix.sh" "$repo_root/tools/lib/wine_env.sh"
  } | sha256sum | cut -c 1-16
}

# Ends every process of the prefix and waits until its server is gone (and its registry written). Bounded: a server
# that does not end is reported, not waited for.
wine_prefix_end() {
  [ -d "$WINEPREFIX" ] || return 0
  timeout 20 wineserver -k >/dev/null 2>&1 </dev/null || true
  timeout 20 wineserver -w >/dev/null 2>&1 </dev/null || { echo "the server of $WINEPREFIX does not end" >&2; return 1; }
}

# Starts the prefix's server, which stays until wine_prefix_end, and its services. They must not inherit a pipe of
# ours: they would hold it open, and whoever reads its other end would wait for ever.
wine_prefix_start() {
  wineserver -p >/dev/null 2>&1 </dev/null
  timeout 120 "${wine_command[@]}" cmd /c exit >/dev/null 2>&1 </dev/null
}

boot_wine_template() {
  local entry=$1
  export WINEPREFIX=$entry.new
  wine_prefix_end
  rm -rf "$WINEPREFIX"
  mkdir -p "$WINEPREFIX"
  # Wine's programs write to files, never to a pipe; see wine_prefix_start.
  # For the boot alone mscoree and mshtml are off, so that it does not offer to download Mono and Gecko.
  WINEDLLOVERRIDES="mscoree,mshtml=;$WINEDLLOVERRIDES" timeout 180 "${wine_command[@]}" wineboot --init \
    >"$entry.log" 2>&1 </dev/null &&
    timeout 60 "${wine_command[@]}" winecfg /v win10 >>"$entry.log" 2>&1 </dev/null &&
    timeout 60 "${wine_command[@]}" reg add 'HKLM\Software\Microsoft\Windows NT\CurrentVersion\AeDebug' /v Debugger /d false /f \
      >>"$entry.log" 2>&1 </dev/null
  local status=$?
  wine_prefix_end || status=1
  cat "$entry.log"
  rm -f "$entry.log"
  [ "$status" -eq 0 ] && [ -f "$WINEPREFIX/system.reg" ] && touch "$WINEPREFIX/$wine_prefix_mark" &&
    mv "$WINEPREFIX" "$entry"
}

copy_wine_template() {
  wine_prefix_end && rm -rf "$WINEPREFIX" && mkdir -p "$(dirname "$WINEPREFIX")" && cp -a "$1" "$WINEPREFIX" &&
    wine_prefix_start
}

# wine_prefix_step: a fresh prefix at WINEPREFIX, started. What ran in the old one is ended.
wine_prefix_step() {
  local entry
  if [ -e "$WINEPREFIX" ] && [ ! -e "$WINEPREFIX/$wine_prefix_mark" ]; then
    fail "$WINEPREFIX is not a prefix that these tools made; it is left alone"
  fi
  entry=$cache_root/wine-$(wine_template_key)
  make_cache_entry "$entry" wine-template boot_wine_template
  step wine-prefix copy_wine_template "$entry"
}
