// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "broker_core/config/schema_table.h"

namespace plugbroker::config {

/// What a value of that entry may be, for people: "1..256", "0s, 100ms..1h", "0..24 times"; empty for a text.
[[nodiscard]] std::string range_text(const SchemaEntry& entry);

}  // namespace plugbroker::config
