// SPDX-License-Identifier: Apache-2.0
#include "service/process_hardening.h"

#include <utility>

#include "broker_core/runtime/worker_token.h"
#include "broker_core/win/mandatory_label.h"
#include "broker_core/win/own_privileges.h"
#include "broker_core/win/service_sid.h"
#include "broker_core/win/token_information.h"
#include "broker_core/win/utf16.h"

namespace plugbroker::service {
namespace {

void write(LogSink& log, LogLevel level, std::string event, std::string message) {
  log.write({.level = level, .event = std::move(event), .message = std::move(message)});
}

Result<std::string> integrity_of_this_process() {
  const auto token = win::open_own_token(TOKEN_QUERY);
  if (!token.ok()) return token.status();
  const auto level = win::token_integrity(token->get());
  if (!level.ok()) return level.status();
  return runtime::integrity_text(*level);
}

// What is missing, "" when nothing is.
std::string label_process(LogSink& log) {
  const Status status = win::label_own_process_high();
  if (status.ok()) return {};
  write(log, LogLevel::warning, "label_not_set", "of the service's process: " + status.message);
  return "the service's process has no label that keeps others out: " + status.message;
}

}  // namespace

Result<std::vector<std::string>> harden_process(const HardeningOptions& options, LogSink& log) {
  const auto left = win::drop_own_privileges();
  if (!left.ok()) return left.status();
  std::vector<std::string> missing;
  if (!left->empty()) {
    const std::string text = "the service could not give up " + runtime::joined(*left);
    if (options.token_check == config::TokenCheck::strict) {
      return {StatusCode::failed_precondition, text + " (see token_check)"};
    }
    write(log, LogLevel::warning, "privileges_left", text);
    missing.push_back(text);
  }
  const auto integrity = integrity_of_this_process();
  if (!integrity.ok()) return integrity.status();
  const auto high = win::runs_at_high_integrity();
  if (!high.ok()) return high.status();
  write(log, LogLevel::information, "process_hardened",
        "privileges: " + std::string(runtime::kept_privilege) + (left->empty() ? " alone" : " and others") +
            "; integrity: " + *integrity + (*high ? "" : ", so nothing is labelled high"));
  if (!*high) return missing;
  if (std::string text = label_process(log); !text.empty()) missing.push_back(std::move(text));
  label_for_service(options.config_path, options.mode, log);
  return missing;
}

void label_for_service(const std::string& path, RunMode mode, LogSink& log) {
  const auto high = win::runs_at_high_integrity();
  if (mode != RunMode::service || !high.ok() || !*high) return;
  const Status status = win::label_high(win::to_utf16(path));
  if (!status.ok()) write(log, LogLevel::information, "label_not_set", "of " + path + ": " + status.message);
}

}  // namespace plugbroker::service
