// SPDX-License-Identifier: Apache-2.0
#include "broker_core/config/config_document.h"

#include <array>

#include "broker_core/config/range_text.h"
#include "broker_core/config/schema_table.h"
#include "broker_core/config/starter_config.h"

namespace plugbroker::config {
namespace {

struct Section {
  std::string_view parent;  ///< As parent_of() gives it.
  std::string_view title;
  std::string_view words;
};

constexpr std::array sections{
    Section{"", "Top level", "Everything but `pools` may be left out."},
    Section{"/log", "log", "The log files; see OPERATIONS.md for what a line looks like."},
    Section{"/limits", "limits", "Bounds that hold for all pools."},
    Section{"/quotas", "quotas",
            "What one user, by his SID, may have of what all share, so that nobody can take it from the others. What "
            "does not fit ends with `resource_exhausted` and names the quota, and is a line in the log."},
    Section{
        "/flow_control", "flow_control",
        "How far a sender may run ahead of its reader, and so how much the service holds for it. The defaults fit."},
    Section{"/evidence", "evidence",
            "What is kept of a worker that failed, a case each: why, the call in progress without its content, the end "
            "of what it wrote, its exit code in words, and a dump if the pool's `dump` asks for one."},
    Section{"/pools/*", "pools.NAME",
            "One object for each pool: the worker processes behind some routes. At least 1 pool, at most 64. A name is "
            "1 to 64 characters of `A-Z a-z 0-9 . _ -`."},
    Section{"/pools/*/recycle", "pools.NAME.recycle",
            "When a worker is replaced although nothing is wrong with it: the replacement is ready before the old one "
            "drains, see `max_surge`. Calls, age and memory are less for each worker by a random share of up to 10 %, "
            "so that workers that were started together are not replaced together."},
    Section{"/pools/*/breaker", "pools.NAME.breaker",
            "When a pool gives up starting workers that fail: its calls end at once with `unavailable` and the reason, "
            "until a probe shows that workers serve again. It closes by itself."},
    Section{"/pools/*/process", "pools.NAME.process",
            "What Windows holds each worker to. Without limits by default: only you know what a worker may need."},
};

constexpr std::string_view introduction = R"(# The configuration file

<!-- Generated from the schema table in broker_core/config by plugbroker_config_document; a test compares the two. -->

`%ProgramData%\PlugBroker\plugbroker.json`, or what `--config` names. JSON in UTF-8 without a byte order mark, at most
1 MiB. Comments (`//` and `/* */`) and trailing commas are allowed; a key may not be there twice in one object, and a key
that is not listed here is refused. To check a file without starting anything:

    plugbroker-service check-config --config C:\ProgramData\PlugBroker\plugbroker.json

It prints every problem at once, each with its place in the file, and exits with 0 (good) or 1:

    /pools/markdown/max_workers: 0 is outside 1..256
    /pools/markdown/max_worker: unknown key; did you mean "max_workers"?

A syntax error is reported with its line and column instead. Durations are texts with a unit, `ms`, `s`, `m` or `h`
(`"250ms"`, `"2s"`); sizes are numbers of bytes. Ranges are inclusive. Paths are absolute; in JSON a backslash is written
twice. Nothing in the file is expanded: `%TEMP%` is six characters, not a folder. How these settings are called in IIS and
php-fpm is in OPERATIONS.md.

## When it is read

When the service starts, and again by `plugbrokerctl reload` or `sc control PlugBroker paramchange`. What `pools` says then counts at
once: pools that did not change are left alone, the workers of those that did are replaced; `access` and `route_access` count at
once without that, for sessions that are open too. Everything else counts from the next start
of the service; the log and `plugbrokerctl status` name what waits for it. A file with a problem changes nothing. See OPERATIONS.md.

## In an editor

`plugbroker.schema.json`, beside this document, is a JSON Schema (draft 2020-12) of the file, made from the same table. An editor
that reads it completes keys, shows what is written here and underlines most mistakes; `check-config` finds the rest. Name it in
the file, with the place where the product is installed:

    "$schema": "file:///C:/Program%20Files/PlugBroker/share/docs/plugbroker.schema.json",

Comments and trailing commas are not plain JSON; tell the editor that the file is "JSON with Comments" (Visual Studio Code:
`"files.associations": { "plugbroker.json": "jsonc" }`).
)";

constexpr std::string_view example = R"(
## A complete example

```jsonc
{
  "stop_grace": "20s",
  "log": { "folder": "D:\\Logs\\PlugBroker", "level": "information" },
  "pools": {
    "markdown": {
      "command": ["C:\\Program Files\\Contoso\\Markdown.exe", "--fast"],
      "routes": ["markdown.to_html"],
      "min_workers": 1,
      "max_workers": 4,
      // A new version is copied over the old one while that runs.
      "recycle": { "on_file_change": true },
    },
    "reports": {
      // A worker that needs an installed .NET runtime.
      "command": ["C:\\Program Files\\dotnet\\dotnet.exe", "C:\\Apps\\Reports\\Reports.dll"],
      "working_directory": "C:\\Apps\\Reports",
      "environment": { "DOTNET_gcServer": "0" },
      "routes": ["report.render", "report.list"],
      "concurrency": 8,
      "start_timeout": "1m",
      // It leaks a little: a fresh one each night.
      "recycle": { "at": ["03:30"] },
      "process": { "priority": "below_normal", "max_memory_bytes": 2147483648 },
    },
  },
}
```

## The starter file

What `plugbroker-install install` writes when there is no configuration yet. The service does not start with it before a
pool was added.

```jsonc
)";

std::string in_code(std::string_view text) {
  return '`' + std::string{text} + '`';
}

std::string default_text(const SchemaEntry& entry) {
  if (entry.required) return "required";
  if (entry.fallback.empty()) return "absent";
  return in_code(entry.fallback);
}

std::string type_text(const SchemaEntry& entry) {
  const std::string name{to_string(entry.type)};
  return entry.type == ValueType::integer ? name + " (" + std::string{entry.unit} + ')' : name;
}

std::string section_text(const Section& section) {
  std::string text = "\n## " + std::string{section.title} + "\n\n" + std::string{section.words} +
                     "\n\n| key | type | default | range | meaning |\n|---|---|---|---|---|\n";
  for (const SchemaEntry& entry : schema_table()) {
    if (parent_of(entry) != section.parent) continue;
    text += "| " + in_code(key_of(entry)) + " | " + type_text(entry) + " | " + default_text(entry) + " | " +
            range_text(entry) + " | " + std::string{entry.description} + " |\n";
  }
  return text;
}

}  // namespace

std::string config_document() {
  std::string document{introduction};
  for (const Section& section : sections) document += section_text(section);
  document += example;
  document += starter_config();
  document += "```\n";
  return document;
}

}  // namespace plugbroker::config
