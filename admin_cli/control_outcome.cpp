// SPDX-License-Identifier: Apache-2.0
#include "admin_cli/control_outcome.h"

#include "broker_core/base/duration_text.h"
#include "broker_core/base/escaped_text.h"

namespace plugbroker::admin_cli {
namespace {

constexpr std::size_t longest_message = 2000;

// What the library says when there is nobody to call, as opposed to a call that it can't make.
bool says_nobody_is_there(StatusCode code) {
  return code == StatusCode::unavailable || code == StatusCode::failed_precondition ||
         code == StatusCode::permission_denied || code == StatusCode::deadline_exceeded;
}

// To be read: seconds, and milliseconds below one.
Duration rounded_up(Duration duration) {
  using namespace std::chrono;
  if (duration < seconds{1}) return ceil<milliseconds>(duration);
  return ceil<seconds>(duration);
}

}  // namespace

ExitCode exit_code_of(const CallFailure& failure) {
  const bool never_left = failure.origin == Origin::client && !failure.worker_received;
  if (never_left && failure.code == StatusCode::invalid_argument) return ExitCode::usage;
  return never_left && says_nobody_is_there(failure.code) ? ExitCode::not_reachable : ExitCode::call_failed;
}

std::string failure_text(const CallFailure& failure) {
  std::string text{to_string(failure.code)};
  text += " from the ";
  text += to_string(failure.origin);
  text += " (retry: ";
  text += to_string(failure.retry);
  if (failure.retry_after > Duration{}) text += ", in " + duration_text(rounded_up(failure.retry_after));
  if (failure.worker_received) text += ", a worker may have had it";
  text += ')';
  if (!failure.message.empty()) text += ": " + escaped_text(failure.message, EscapeStyle::plain, longest_message);
  return text;
}

std::string admin_failure_text(const CallFailure& failure, const std::string& pipe) {
  std::string text = failure_text(failure);
  const bool is_no_admin_pipe = failure.code == StatusCode::not_found && failure.origin == Origin::broker &&
                                failure.message.starts_with("no such route");
  if (!is_no_admin_pipe) return text;
  return text + "; " + escaped_text(pipe, EscapeStyle::plain, longest_message) +
         " is the pipe for plugins, and this is asked of the admin pipe (admin_pipe in the configuration)";
}

}  // namespace plugbroker::admin_cli
