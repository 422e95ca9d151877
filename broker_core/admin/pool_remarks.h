// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <string>

namespace plugbroker::admin {

/// One word or two on a pool of the status document: the first of "drained", "breaker open", "probing", "awaits
/// worker", "serving", "backing off", "starting", "ending" and "no worker" that holds.
[[nodiscard]] std::string pool_state(const boost::json::object& pool);

/// What an administrator should know of a pool beside the tables, a line for each; "" when all is well.
[[nodiscard]] std::string pool_remarks(const boost::json::object& pool);

}  // namespace plugbroker::admin
