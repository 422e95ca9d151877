// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace plugbroker::config {

/// What is wrong with an SDDL that says who may call a route; empty when nothing is.
///
/// It is a list of who may and who may not, and nothing else: `D:` or `D:P`, then 1 to 64 entries
/// `(A;;0x1;;;SID)` or `(D;;0x1;;;SID)`. The right is CALL, 0x1; GA and GX mean the same. A SID is two capital letters
/// or S-1-…; whether Windows knows it only Windows can tell.
[[nodiscard]] std::string access_problem(std::string_view sddl);

}  // namespace plugbroker::config
