// SPDX-License-Identifier: Apache-2.0
#include "broker_core/config/range_text.h"

#include "broker_core/base/duration_text.h"

namespace plugbroker::config {
namespace {

std::string range(const std::string& least, const std::string& most) {
  return least + ".." + most;
}

}  // namespace

std::string range_text(const SchemaEntry& entry) {
  const std::string numbers = range(std::to_string(entry.minimum), std::to_string(entry.maximum));
  switch (entry.type) {
    case ValueType::integer:
      return (entry.or_zero ? "0, " : "") + numbers;
    case ValueType::duration:
      return (entry.or_zero ? "0s, " : "") + range(duration_text(std::chrono::milliseconds{entry.minimum}),
                                                   duration_text(std::chrono::milliseconds{entry.maximum}));
    case ValueType::text_list:
    case ValueType::text_map:
      return numbers + ' ' + std::string{entry.unit};
    case ValueType::choice: {
      std::string names;
      for (const std::string_view choice : entry.choices) {
        names += (names.empty() ? "`" : ", `") + std::string{choice} + '`';
      }
      return names;
    }
    case ValueType::boolean:
      return "`true`, `false`";
    case ValueType::text:
      break;
  }
  return "";
}

}  // namespace plugbroker::config
