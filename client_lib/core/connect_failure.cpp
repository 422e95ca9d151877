// SPDX-License-Identifier: Apache-2.0
#include "client_lib/core/connect_failure.h"

#include <array>

namespace plugbroker::client {

using Kind = ConnectFailureKind;

namespace {

constexpr std::array rules{
    ConnectFailureRule{Kind::not_installed, StatusCode::failed_precondition, RetryClass::after_backoff, 1, true},
    ConnectFailureRule{Kind::stopped, StatusCode::unavailable, RetryClass::after_backoff, 1, true},
    ConnectFailureRule{Kind::starting, StatusCode::unavailable, RetryClass::after_backoff, 0, true},
    ConnectFailureRule{Kind::unreachable, StatusCode::unavailable, RetryClass::after_backoff, 1, true},
    ConnectFailureRule{Kind::busy, StatusCode::unavailable, RetryClass::after_backoff, 0, true},
    ConnectFailureRule{Kind::access_denied, StatusCode::permission_denied, RetryClass::never, 1, false},
    ConnectFailureRule{Kind::wrong_owner, StatusCode::permission_denied, RetryClass::never, 1, false},
    ConnectFailureRule{Kind::not_our_peer, StatusCode::failed_precondition, RetryClass::never, 1, false},
    ConnectFailureRule{Kind::refused, StatusCode::unavailable, RetryClass::after_backoff, 1, true},
    ConnectFailureRule{Kind::lost_while_opening, StatusCode::unavailable, RetryClass::after_backoff, 3, true},
    ConnectFailureRule{Kind::system_error, StatusCode::unavailable, RetryClass::after_backoff, 3, true},
};

constexpr bool rules_are_in_order() {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (static_cast<std::size_t>(rules[i].kind) != i) return false;
  }
  return rules.size() == static_cast<std::size_t>(Kind::system_error) + 1;
}
static_assert(rules_are_in_order());

/// A refusal that time may lift: the service is stopping or full.
bool may_pass(StatusCode code) noexcept {
  return code == StatusCode::unavailable || code == StatusCode::resource_exhausted;
}

}  // namespace

const ConnectFailureRule& rule_of(ConnectFailureKind kind) noexcept {
  return rules[static_cast<std::size_t>(kind)];
}

StatusCode ConnectFailure::code() const noexcept {
  return kind == Kind::refused ? refusal : rule_of(kind).code;
}

RetryClass ConnectFailure::retry() const noexcept {
  return kind == Kind::refused && !may_pass(refusal) ? RetryClass::never : rule_of(kind).retry;
}

bool ConnectFailure::final() const noexcept {
  return !rule_of(kind).mendable || (kind == Kind::refused && !may_pass(refusal));
}

Origin ConnectFailure::origin() const noexcept {
  return kind == Kind::refused ? Origin::broker : Origin::client;
}

}  // namespace plugbroker::client
