// SPDX-License-Identifier: Apache-2.0
#include "broker_core/config/config_reader.h"

#include <algorithm>

#include "broker_core/config/config_checks.h"
#include "broker_core/config/json_text.h"
#include "broker_core/config/name_rules.h"
#include "broker_core/config/nearest_name.h"
#include "broker_core/config/problem_list.h"
#include "broker_core/config/value_reader.h"

namespace plugbroker::config {
namespace {

namespace json = boost::json;

constexpr std::string_view pools_path = "/pools";
constexpr std::string_view pool_pattern = "/pools/*";

// Of everything in one pool, or of everything outside of the pools.
void store_fallbacks(Destination destination) {
  for (const SchemaEntry& entry : schema_table()) {
    const bool in_pool = entry.path.starts_with(pool_pattern);
    if (in_pool == (destination.pool != nullptr) && !entry.required) entry.store(destination, fallback_value(entry));
  }
}

// The names that an object of that pattern may have: keys of the table and the objects between.
std::vector<std::string_view> known_names(std::string_view pattern) {
  std::vector<std::string_view> names;
  for (const SchemaEntry& entry : schema_table()) {
    if (!entry.path.starts_with(pattern)) continue;
    const std::string_view rest = entry.path.substr(pattern.size() + 1);
    const std::string_view name = rest.substr(0, rest.find('/'));
    if (entry.path[pattern.size()] == '/' && std::ranges::find(names, name) == names.end()) {
      names.push_back(name);
    }
  }
  return names;
}

const SchemaEntry* find_entry(std::string_view path) {
  const auto table = schema_table();
  const auto found = std::ranges::find_if(table, [&](const SchemaEntry& e) { return e.path == path; });
  return found == table.end() ? nullptr : &*found;
}

class ConfigReader {
 public:
  ConfigReader(BrokerConfig& config, ProblemList& problems) : config_(config), problems_(problems) {}

  void read(const json::value& document) {
    store_fallbacks(Destination{config_});
    if (!document.is_object()) {
      problems_.add("", "expects an object, found " + found_kind(document));
      return;
    }
    read_object(document.get_object(), "", "", Destination{config_});
  }

 private:
  // `pattern` is the object's place in the table, `path` its place in the file.
  void read_object(const json::object& object, const std::string& pattern, const std::string& path,
                   Destination destination) {
    const std::vector<std::string_view> known = known_names(pattern);
    for (const json::key_value_pair& pair : object) {
      const std::string_view key{pair.key().data(), pair.key().size()};
      if (std::ranges::find(known, key) == known.end()) {
        report_unknown(key, path, known);
      } else {
        read_member(pair.value(), path_below(pattern, key), path_below(path, key), destination);
      }
    }
    for (const SchemaEntry& entry : schema_table()) {
      const json::string_view key{key_of(entry).data(), key_of(entry).size()};
      if (entry.required && parent_of(entry) == pattern && !object.contains(key)) {
        problems_.add(path_below(path, key_of(entry)), "is required");
      }
    }
  }

  void read_member(const json::value& value, const std::string& pattern, const std::string& path,
                   Destination destination) {
    if (const SchemaEntry* entry = find_entry(pattern); entry != nullptr) {
      if (const std::optional<Value> read = read_value(*entry, value, path, problems_)) {
        entry->store(destination, *read);
      }
    } else if (!value.is_object()) {
      problems_.add(path, "expects an object, found " + found_kind(value));
    } else if (pattern == pools_path) {
      read_pools(value.get_object());
    } else {
      read_object(value.get_object(), pattern, path, destination);
    }
  }

  void read_pools(const json::object& pools) {
    for (const json::key_value_pair& pair : pools) {
      const std::string name{pair.key().data(), pair.key().size()};
      const std::string path = path_below(pools_path, name);
      if (const std::string problem = pool_name_problem(name); !problem.empty()) problems_.add(path, problem);
      PoolConfig pool;
      pool.name = name;
      const Destination destination{config_, &pool};
      store_fallbacks(destination);
      if (pair.value().is_object()) {
        read_object(pair.value().get_object(), std::string{pool_pattern}, path, destination);
      } else {
        problems_.add(path, "expects an object, found " + found_kind(pair.value()));
      }
      config_.pools.push_back(std::move(pool));
    }
  }

  void report_unknown(std::string_view key, const std::string& path, const std::vector<std::string_view>& known) {
    const std::string_view nearest = nearest_name(key, known);
    problems_.add(path_below(path, key),
                  nearest.empty() ? "unknown key" : "unknown key; did you mean \"" + std::string{nearest} + "\"?");
  }

  BrokerConfig& config_;
  ProblemList& problems_;
};

}  // namespace

ConfigOutcome read_config(std::string_view text, const PathProbe& exists, const AccessProbe& access) {
  const Result<json::value> document = parse_json_text(text);
  if (!document) return {std::nullopt, {document.status().message}};
  BrokerConfig config;
  ProblemList problems;
  ConfigReader{config, problems}.read(*document);
  check_config(config, exists, access, problems);
  if (!problems.empty()) return {std::nullopt, problems.lines()};
  return {std::move(config), {}};
}

}  // namespace plugbroker::config
