# SPDX-License-Identifier: Apache-2.0
# The configuration of the demo, which bench/run measures too. Sourced after build_steps.sh.

# A path as Windows programs see it: Wine's drive Z: is the root of the file system.
windows_path() { printf 'Z:%s' "${1//\//\\}"; }

# The same with every backslash written twice, as JSON wants it.
json_path() { local path; path=$(windows_path "$1"); printf '%s' "${path//\\/\\\\}"; }

# write_demo_config FOLDER: makes FOLDER/plugbroker.json; the log goes to FOLDER/log.
write_demo_config() {
  local folder=$1
  mkdir -p "$folder"
  cat >"$folder/plugbroker.json" <<EOF
{
  "log": { "folder": "$(json_path "$folder/log")" },
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
