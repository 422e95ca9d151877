// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker_core/config/broker_config.h"
#include "broker_core/config/schema_table.h"

namespace plugbroker::config {

/// One setting, written down apart from the schema table.
struct SettingCase {
  std::string_view path;      ///< As the schema table has it.
  std::string_view fallback;  ///< What shown() gives when the file does not have it.
  std::string_view json;      ///< A value that is allowed, other than the fallback.
  std::string_view stored;    ///< What shown() gives then.
  std::string (*shown)(const BrokerConfig&);
};

/// Of the broker, without `$schema`, which is stored nowhere.
[[nodiscard]] std::span<const SettingCase> broker_setting_cases();
/// Of a pool.
[[nodiscard]] std::span<const SettingCase> pool_setting_cases();
/// Both.
[[nodiscard]] std::vector<SettingCase> all_setting_cases();

/// The text of a configuration with one pool "p", in which the setting at that path of the schema table is `value`.
[[nodiscard]] std::string config_with(std::string_view path, const boost::json::value& value);
/// The place of that setting in it: `*` is "p".
[[nodiscard]] std::string place_of(std::string_view path);

}  // namespace plugbroker::config
