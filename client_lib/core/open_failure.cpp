// SPDX-License-Identifier: Apache-2.0
#include "client_lib/core/open_failure.h"

namespace plugbroker::client {

using Kind = ConnectFailureKind;

namespace {

ConnectFailure failure(Kind kind, std::string message) {
  return {kind, std::move(message), StatusCode::internal};
}

std::string quoted_service(const std::string& service) {
  return "the service '" + service + "' ";
}

}  // namespace

ConnectFailure no_such_pipe(const std::string& pipe, const std::string& service, ServiceState state) {
  const std::string subject = quoted_service(service);
  const std::string reason = " (there is no pipe " + pipe + ")";
  switch (state) {
    case ServiceState::not_installed:
      return failure(Kind::not_installed, subject + "is not installed" + reason);
    case ServiceState::stopped:
      return failure(Kind::stopped, subject + "is stopped" + reason);
    case ServiceState::stopping:
      return failure(Kind::stopped, subject + "is stopping" + reason);
    case ServiceState::starting:
      return failure(Kind::starting, subject + "is starting" + reason);
    case ServiceState::running:
      return failure(Kind::unreachable, subject + "is running, but not on this pipe" + reason);
    case ServiceState::unknown:
      break;
  }
  return failure(Kind::unreachable, "nothing can be found out about " + subject + reason);
}

ConnectFailure pipe_is_busy(const std::string& pipe, const std::string& service, ServiceState state) {
  const std::string taken = "all instances of the pipe " + pipe + " are taken";
  if (state == ServiceState::stopping) {
    return failure(Kind::stopped, quoted_service(service) + "is stopping (" + taken + ")");
  }
  return failure(Kind::busy, taken + (state == ServiceState::running ? ": the service is busy"
                                                                     : ": the service is busy or stopping"));
}

ConnectFailure owner_is_not_trusted(const std::string& pipe, const std::string& owner) {
  return failure(Kind::wrong_owner, "the pipe " + pipe + " belongs to " + owner +
                                        ", which is not trusted: nothing was sent (for development, the environment "
                                        "variable PLUGBROKER_TRUSTED_OWNERS can name further owners)");
}

}  // namespace plugbroker::client
