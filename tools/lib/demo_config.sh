# SPDX-License-Identifier: Apache-2.0
# The configuration of the demo, which bench/run measures too. Sourced after build_steps.sh.

# A path as Windows programs see it: Wine's drive Z: is the root of the file system.
windows_path() { printf 'Z:%s' "${1//\//\\}"; }

# The same with every backslash written twice, as JSON wants it.
json_path() { local path; path=$(windows_path "$1"); printf '%s' "${path//\\/\\\\}"; }

# The service refuses a configuration whose folders others can write to, and where this tree lies that may be so (/tmp).
# So configurations lie on drive C: of the Wine prefix, each in a folder named like the one of its run.
windows_config_of() { printf 'C:\\PlugBroker-runs\\%s\\plugbroker.json' "$(basename "$1")"; }
# write_config FOLDER: what is read from standard input becomes the configuration of the run in FOLDER.
write_config() {
  local folder
  folder=$WINEPREFIX/drive_c/PlugBroker-runs/$(basename "$1")
  mkdir -p "$folder" && cat >"$folder/plugbroker.json"
}

# write_demo_config FOLDER: the log goes to FOLDER/log.
write_demo_config() {
  local folder=$1
  mkdir -p "$folder"
  write_config "$folder" <<EOF
{
  "log": { "folder": "$(json_path "$folder/log")" },
  // Wine ignores much of what confines workers; on Windows leave this away.
  "token_check": "report",
  "pools": {
    "documents": {
      "command": ["$(json_path "$stage_dir/workers/documents/Documents.exe")"],
      "routes": ["echo", "markdown.to_html", "text.stats", "sleep"],
      "min_workers": 2,
      "max_workers": 4,
      "restart_backoff_min": "100ms",
      // .NET dies under Wine 8 without this; Windows does not need it.
      "environment": { "DOTNET_EnableWriteXorExecute": "0" },
    },
  },
}
EOF
}
