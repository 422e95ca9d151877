// SPDX-License-Identifier: Apache-2.0
#include "broker_core/config/value_reader.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "broker_core/base/assert.h"
#include "broker_core/base/duration_text.h"

namespace plugbroker::config {
namespace {

namespace json = boost::json;

std::string_view view(const json::string& text) {
  return {text.data(), text.size()};
}
std::string_view view(json::string_view text) {
  return {text.data(), text.size()};
}

std::string number_text(const json::value& value) {
  return json::serialize(value);
}

// "0 is outside 1..256"
std::string outside(const std::string& given, const std::string& least, const std::string& most) {
  return given + " is outside " + least + ".." + most;
}

class ValueReader {
 public:
  ValueReader(const SchemaEntry& entry, std::string_view path, ProblemList& problems)
      : entry_(entry), path_(path), problems_(problems) {}

  std::optional<Value> read(const json::value& value) {
    switch (entry_.type) {
      case ValueType::text:
        return read_text(value);
      case ValueType::integer:
        return read_integer(value);
      case ValueType::boolean:
        return read_boolean(value);
      case ValueType::duration:
        return read_duration(value);
      case ValueType::choice:
        return read_choice(value);
      case ValueType::text_list:
        return read_list(value);
      case ValueType::text_map:
        return read_map(value);
    }
    return std::nullopt;
  }

 private:
  std::optional<Value> refuse(std::string_view path, const std::string& problem) {
    problems_.add(path, problem);
    return std::nullopt;
  }

  std::optional<Value> expected(const std::string& what, const json::value& found) {
    return refuse(path_, "expects " + what + ", found " + found_kind(found));
  }

  [[nodiscard]] bool in_range(std::uint64_t number) const {
    return number >= entry_.minimum && number <= entry_.maximum;
  }

  // What is wrong with a number or duration that is not allowed; all as texts.
  [[nodiscard]] std::string range_problem(const std::string& given, const std::string& zero, const std::string& least,
                                          const std::string& most) const {
    if (!entry_.or_zero) return outside(given, least, most);
    return given + " is neither " + zero + " nor in " + least + ".." + most;
  }

  // What is wrong with the number of elements of a list or map; empty when nothing is.
  [[nodiscard]] std::string size_problem(std::size_t size) const {
    if (in_range(size)) return {};
    return outside(std::to_string(size) + " " + std::string{entry_.unit}, std::to_string(entry_.minimum),
                   std::to_string(entry_.maximum));
  }

  std::optional<Value> read_text(const json::value& value) {
    if (!value.is_string()) return expected("a text", value);
    const std::string_view text = view(value.get_string());
    if (!in_range(text.size())) {
      return refuse(path_, outside("a text of " + std::to_string(text.size()) + " bytes",
                                   std::to_string(entry_.minimum), std::to_string(entry_.maximum)));
    }
    if (std::string problem = entry_.problem(text); !problem.empty()) return refuse(path_, problem);
    return std::string{text};
  }

  std::optional<Value> read_integer(const json::value& value) {
    std::uint64_t number = 0;
    bool representable = false;
    if (value.is_uint64()) {
      number = value.get_uint64();
      representable = true;
    } else if (value.is_int64()) {
      representable = value.get_int64() >= 0;
      number = representable ? static_cast<std::uint64_t>(value.get_int64()) : 0;
    } else {
      return expected("a whole number", value);
    }
    if (representable && (in_range(number) || (entry_.or_zero && number == 0))) return number;
    return refuse(
        path_, range_problem(number_text(value), "0", std::to_string(entry_.minimum), std::to_string(entry_.maximum)));
  }

  std::optional<Value> read_boolean(const json::value& value) {
    if (!value.is_bool()) return expected("true or false", value);
    return value.get_bool();
  }

  std::optional<Value> read_duration(const json::value& value) {
    constexpr std::string_view form = R"(a duration such as "250ms", "2s", "5m" or "1h")";
    if (!value.is_string()) return expected(std::string{form}, value);
    const std::string_view text = view(value.get_string());
    const std::optional<Duration> duration = parse_duration(text);
    if (!duration) return refuse(path_, "expects " + std::string{form} + ", found \"" + std::string{text} + '"');
    const Duration least = std::chrono::milliseconds{entry_.minimum};
    const Duration most = std::chrono::milliseconds{entry_.maximum};
    const bool in_range = *duration >= least && *duration <= most;
    if (in_range || (entry_.or_zero && *duration == Duration::zero())) return *duration;
    return refuse(path_, range_problem(std::string{text}, "0s", duration_text(least), duration_text(most)));
  }

  std::optional<Value> read_choice(const json::value& value) {
    std::string names;
    for (const std::string_view choice : entry_.choices) {
      if (value.is_string() && view(value.get_string()) == choice) return std::string{choice};
      names += (names.empty() ? "\"" : ", \"") + std::string{choice} + '"';
    }
    const std::string found = value.is_string() ? number_text(value) : found_kind(value);
    return refuse(path_, "expects one of " + names + ", found " + found);
  }

  std::optional<Value> read_list(const json::value& value) {
    if (!value.is_array()) return expected("an array of texts", value);
    const json::array& array = value.get_array();
    if (std::string problem = size_problem(array.size()); !problem.empty()) return refuse(path_, problem);
    std::vector<std::string> texts;
    bool sound = true;
    for (std::size_t index = 0; index < array.size(); ++index) {
      sound = read_element(array[index], path_below(path_, std::to_string(index)), texts) && sound;
    }
    if (!sound) return std::nullopt;
    return texts;
  }

  bool read_element(const json::value& value, const std::string& path, std::vector<std::string>& texts) {
    if (!value.is_string()) {
      problems_.add(path, "expects a text, found " + found_kind(value));
      return false;
    }
    const std::string text{view(value.get_string())};
    std::string problem = entry_.problem(text);
    if (problem.empty() && entry_.unique && std::ranges::find(texts, text) != texts.end()) {
      problem = '"' + text + "\" is there a second time";
    }
    texts.push_back(text);
    if (!problem.empty()) problems_.add(path, problem);
    return problem.empty();
  }

  std::optional<Value> read_map(const json::value& value) {
    if (!value.is_object()) return expected("an object of texts", value);
    const json::object& object = value.get_object();
    if (std::string problem = size_problem(object.size()); !problem.empty()) return refuse(path_, problem);
    std::map<std::string, std::string> texts;
    bool sound = true;
    for (const json::key_value_pair& pair : object) {
      const std::string name{view(pair.key())};
      const std::string path = path_below(path_, name);
      std::string problem = entry_.problem(name);
      if (problem.empty() && !pair.value().is_string()) problem = "expects a text, found " + found_kind(pair.value());
      if (problem.empty() && view(pair.value().get_string()).find('\0') != std::string_view::npos) {
        problem = "must not contain a NUL character";
      }
      if (problem.empty()) {
        texts.emplace(name, view(pair.value().get_string()));
      } else {
        problems_.add(path, problem);
        sound = false;
      }
    }
    if (!sound) return std::nullopt;
    return texts;
  }

  const SchemaEntry& entry_;
  std::string_view path_;
  ProblemList& problems_;
};

}  // namespace

std::optional<Value> read_value(const SchemaEntry& entry, const json::value& value, std::string_view path,
                                ProblemList& problems) {
  return ValueReader{entry, path, problems}.read(value);
}

Value fallback_value(const SchemaEntry& entry) {
  PLUGBROKER_ASSERT(!entry.required);
  switch (entry.type) {
    case ValueType::integer: {
      std::uint64_t number = 0;
      std::from_chars(entry.fallback.data(), entry.fallback.data() + entry.fallback.size(), number);
      return number;
    }
    case ValueType::boolean:
      return entry.fallback == "true";
    case ValueType::duration: {
      const std::optional<Duration> duration = parse_duration(entry.fallback);
      PLUGBROKER_ASSERT(duration.has_value());
      return *duration;
    }
    case ValueType::text_list:
      return std::vector<std::string>{};
    case ValueType::text_map:
      return std::map<std::string, std::string>{};
    case ValueType::text:
    case ValueType::choice:
      break;
  }
  return std::string{entry.fallback};
}

json::value fallback_json(const SchemaEntry& entry) {
  switch (entry.type) {
    case ValueType::integer:
      return std::get<std::uint64_t>(fallback_value(entry));
    case ValueType::boolean:
      return std::get<bool>(fallback_value(entry));
    case ValueType::text_list:
      return json::array{};
    case ValueType::text_map:
      return json::object{};
    case ValueType::text:
    case ValueType::duration:
    case ValueType::choice:
      break;
  }
  return json::string{json::string_view{entry.fallback.data(), entry.fallback.size()}};
}

std::string found_kind(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return value.get_bool() ? "true" : "false";
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_:
      return "the number " + number_text(value);
    case json::kind::string:
      return "a text";
    case json::kind::array:
      return "an array";
    case json::kind::object:
      return "an object";
  }
  return "something else";
}

}  // namespace plugbroker::config
