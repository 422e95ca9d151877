// SPDX-License-Identifier: Apache-2.0
#include "client_lib/core/connect_failure.h"

#include <array>

namespace plugbroker::client {
namespace {

constexpr std::array<ConnectFailureRule, 11> rules{{
    {ConnectFailureKind::not_installed, StatusCode::failed_precondition, RetryClass::after_backoff, 1, true},
    {ConnectFailureKind::stopped, StatusCode::unavailable, RetryClass::after_backoff, 1, true},
    {ConnectFailureKind::starting, StatusCode::unavailable, RetryClass::after_backoff, 0, true},
    {ConnectFailureKind::unreachable, StatusCode::unavailable, RetryClass::after_backoff, 1, true},
    {ConnectFailureKind::busy, StatusCode::unavailable, RetryClass::after_backoff, 0, true},
    {ConnectFailureKind::access_denied, StatusCode::permission_denied, RetryClass::never, 1, false},
    {ConnectFailureKind::wrong_owner, StatusCode::permission_denied, RetryClass::never, 1, false},
    {ConnectFailureKind::not_our_peer, StatusCode::failed_precondition, RetryClass::never, 1, false},
    {ConnectFailureKind::refused, StatusCode::unavailable, RetryClass::after_backoff, 1, true},
    {ConnectFailureKind::lost_while_opening, StatusCode::unavailable, RetryClass::after_backoff, 3, true},
    {ConnectFailureKind::system_error, StatusCode::unavailable, RetryClass::after_backoff, 3, true},
}};

constexpr bool rules_are_in_order() {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (static_cast<std::size_t>(rules[i].kind) != i) return false;
  }
  return rules.size() == static_cast<std::size_t>(ConnectFailureKind::system_error) + 1;
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
  return kind == ConnectFailureKind::refused ? refusal : rule_of(kind).code;
}

RetryClass ConnectFailure::retry() const noexcept {
  return kind == ConnectFailureKind::refused && !may_pass(refusal) ? RetryClass::never : rule_of(kind).retry;
}

bool ConnectFailure::final() const noexcept {
  return !rule_of(kind).mendable || (kind == ConnectFailureKind::refused && !may_pass(refusal));
}

Origin ConnectFailure::origin() const noexcept {
  return kind == ConnectFailureKind::refused ? Origin::broker : Origin::client;
}

}  // namespace plugbroker::client
