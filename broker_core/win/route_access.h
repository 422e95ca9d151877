// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "broker_core/base/result.h"
#include "broker_core/win/security_descriptors.h"

namespace plugbroker::win {

/// Who may call which route: Windows decides, by the caller's token and an SDDL for each route.
///
/// The right to call is 0x1; GENERIC_EXECUTE and GENERIC_ALL contain it, GENERIC_READ and GENERIC_WRITE don't. To each
/// SDDL, which has a D: part only, the owner and group SYSTEM are added, without which AccessCheck fails.
class RouteAccess {
 public:
  /// Nobody may call anything; there is no route.
  RouteAccess() = default;
  /// `sddl_by_route` is by RouteIndex; an empty text: nobody may. Fails when Windows doesn't understand one.
  [[nodiscard]] static Result<RouteAccess> make(const std::vector<std::string>& sddl_by_route);

  /// By RouteIndex. `token` is an impersonation token, of identification level at least, opened for TOKEN_QUERY. Fails
  /// when Windows can't decide; nothing is allowed then.
  [[nodiscard]] Result<std::vector<bool>> allowed_to(HANDLE token) const;

 private:
  static constexpr std::size_t nobody = static_cast<std::size_t>(-1);

  std::vector<SecurityDescriptor> lists_;   ///< Each once, however many routes have it.
  std::vector<std::size_t> list_of_route_;  ///< In lists_, or nobody.
};

/// What Windows finds wrong with an SDDL for a route; empty when nothing is.
[[nodiscard]] std::string route_access_problem(const std::string& sddl);

}  // namespace plugbroker::win
