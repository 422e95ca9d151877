// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "broker_core/config/schema_table.h"

namespace plugbroker::config {

struct RefusedValue {
  boost::json::value value;
  std::string problem;  ///< What the reader says of it, without the place.
};

/// The values nearest to the range of a number, duration, list or map, outside of it. None for other types.
[[nodiscard]] std::vector<RefusedValue> values_out_of_range(const SchemaEntry& entry);

/// One of each kind of JSON that such a setting can't be.
[[nodiscard]] std::vector<boost::json::value> values_of_other_types(const SchemaEntry& entry);

}  // namespace plugbroker::config
