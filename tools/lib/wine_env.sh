# SPDX-License-Identifier: Apache-2.0
# The environment of every program that is run under Wine. Sourced by wine-run, wine_prefix.sh and who else starts Wine.
# The prefix is the one that WINEPREFIX names, or build/wine-prefix.

wine_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export WINEPREFIX=${WINEPREFIX:-$wine_root/build/wine-prefix}
export WINEDEBUG=${WINEDEBUG:--all}
# Nothing is written into the user's desktop menus. (mscoree must not be switched off: .NET's assemblies need it.)
export WINEDLLOVERRIDES=${WINEDLLOVERRIDES:-winemenubuilder.exe=d}
# Without this .NET dies under Wine 8 as soon as dynamic methods are collected.
export DOTNET_EnableWriteXorExecute=0
# There is no screen; without this Wine tries one that another user may have left.
unset DISPLAY WAYLAND_DISPLAY

# Wine, without Linux's random address layout where this may be switched off (containers may forbid it). With it, about
# one start in 4,000 fails (CreateProcess says 1359, a program at the prompt ends in under 15 ms without a word);
# without it none of 15,000 did.
wine_command=(wine)
if setarch -R true 2>/dev/null; then wine_command=(setarch -R wine); fi
