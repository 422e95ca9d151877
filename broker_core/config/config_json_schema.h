// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace plugbroker::config {

/// docs/plugbroker.schema.json, made from the schema table: a JSON Schema (draft 2020-12) for editors. A test compares
/// it with the file.
///
/// It accepts every configuration that read_config() accepts. The other way round it can't say everything: what
/// concerns two keys, the range of a duration, files that don't exist.
[[nodiscard]] std::string config_json_schema();

}  // namespace plugbroker::config
