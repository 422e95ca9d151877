// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "broker_core/runtime/caller_identifier.h"
#include "broker_core/win/account_names.h"
#include "broker_core/win/iocp_transport.h"
#include "broker_core/win/route_access.h"
#include "broker_core/win/unique_handle.h"

namespace plugbroker::win {

/// Who a client is, by the token that its pipe carries, and which routes that token may call: the thread impersonates
/// it, opens that token as itself, and reverts; when it can't revert, the process stops. Anonymous callers are refused
/// (unauthenticated).
class PipeCallerIdentifier final : public runtime::CallerIdentifier {
 public:
  /// `transport` must outlive it. It is woken when take_names() has something to give, if `tell_names`.
  PipeCallerIdentifier(IocpTransport& transport, RouteAccess access, bool tell_names = false);

  /// This holds from now on. Of the thread that calls identify().
  void set_access(RouteAccess access) { access_ = std::move(access); }

  [[nodiscard]] engine::CallerIdentified identify(ConnectionId connection) override;
  [[nodiscard]] std::string image_of(std::uint32_t process_id) override;
  [[nodiscard]] std::vector<engine::CallerNamed> take_names() override;

 private:
  IocpTransport& transport_;
  RouteAccess access_;
  AccountNames names_;
};

/// The token of the client at the other end of `pipe`, of which something was read already; of identification level at
/// least, opened for TOKEN_QUERY. Fails (unauthenticated) for an anonymous client.
[[nodiscard]] Result<UniqueHandle> pipe_client_token(HANDLE pipe);

}  // namespace plugbroker::win
