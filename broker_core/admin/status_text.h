// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "broker_core/base/result.h"

namespace plugbroker::admin {

/// What `plugbrokerctl status` prints: the document of status_json() for people.
///
/// invalid_argument when `json` is no such document; fields that it lacks are shown as zero or left out, so that a
/// newer or older service can be looked at.
[[nodiscard]] Result<std::string> status_text(std::string_view json);

}  // namespace plugbroker::admin
