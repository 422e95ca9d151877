// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "broker_core/runtime/caller_identifier.h"
#include "broker_core/win/account_names.h"
#include "broker_core/win/iocp_transport.h"

namespace plugbroker::win {

/// Who a client is, by the token that its pipe carries: the thread impersonates it, opens that token as itself, and
/// reverts; when it can't revert, the process stops. Anonymous callers are refused (unauthenticated). Every other
/// caller may call every route: access by route is still to come.
class PipeCallerIdentifier final : public runtime::CallerIdentifier {
 public:
  /// `transport` must outlive it. `route_count` is that of all routes that there have ever been.
  PipeCallerIdentifier(const IocpTransport& transport, std::size_t route_count)
      : transport_(transport), route_count_(route_count) {}

  /// There are so many from now on. Of the thread that calls identify().
  void set_route_count(std::size_t route_count) { route_count_ = route_count; }

  [[nodiscard]] engine::CallerIdentified identify(ConnectionId connection) override;

 private:
  const IocpTransport& transport_;
  std::size_t route_count_;
  AccountNames names_;
};

/// The SID of the client at the other end of `pipe`, of which something was read already.
[[nodiscard]] Result<std::string> pipe_client_sid(HANDLE pipe);

}  // namespace plugbroker::win
