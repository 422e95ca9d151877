// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <initializer_list>
#include <string_view>

#include "broker_core/base/result.h"

namespace plugbroker::admin {

/// A request on the admin pipe: one JSON object, each of whose keys is one of `keys` and there once, of at most
/// limits::max_admin_request_bytes. invalid_argument otherwise.
[[nodiscard]] Result<boost::json::object> parse_request_object(std::string_view json,
                                                               std::initializer_list<std::string_view> keys);

/// Writes `text` as it is when it is UTF-8, which names from a command line may not be, and escaped otherwise.
[[nodiscard]] boost::json::string request_text(std::string_view text);

}  // namespace plugbroker::admin
