// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string>

#include "admin_cli/control_command.h"
#include "admin_cli/control_outcome.h"
#include "admin_cli/control_request.h"
#include "admin_cli/file_bytes.h"
#include "admin_cli/service_client.h"
#include "admin_cli/win/console_setup.h"

namespace plugbroker::admin_cli {
namespace {

ExitCode fail(ExitCode code, const std::string& message) {
  std::fprintf(stderr, "plugbrokerctl: %s\n", message.c_str());
  return code;
}

ExitCode fail(const CallFailure& failure) {
  return fail(exit_code_of(failure), failure_text(failure));
}

ExitCode print(const std::string& path, const std::string& bytes) {
  const Status written = write_bytes(path, bytes);
  return written.ok() ? ExitCode::ok : fail(ExitCode::call_failed, written.message);
}

ExitCode ask_admin_pipe(const ControlCommand& command) {
  const AdminCall call = admin_call_of(command);
  const CallOutcome outcome = call_service(command, call.route, call.request);
  if (const auto* failure = std::get_if<CallFailure>(&outcome)) {
    return fail(exit_code_of(*failure), admin_failure_text(*failure, command.pipe));
  }
  const Result<std::string> text = shown_answer(command, std::get<std::string>(outcome));
  return text.ok() ? print("", *text) : fail(ExitCode::call_failed, text.status().message);
}

ExitCode call_route(const ControlCommand& command) {
  std::string request;
  if (!command.input_file.empty()) {
    Result<std::string> bytes = read_bytes(command.input_file);
    if (!bytes) return fail(ExitCode::usage, bytes.status().message);
    request = std::move(*bytes);
  }
  const CallOutcome outcome = call_service(command, command.route, request);
  if (const auto* failure = std::get_if<CallFailure>(&outcome)) return fail(*failure);
  return print(command.output_file, std::get<std::string>(outcome));
}

ExitCode carry_out(const ControlCommand& command) {
  switch (command.verb) {
    case ControlVerb::call:
      return call_route(command);
    case ControlVerb::help:
      return print("", control_help());
    case ControlVerb::version:
      return print("", "plugbrokerctl " + client_version() + '\n');
    default:
      return ask_admin_pipe(command);
  }
}

}  // namespace
}  // namespace plugbroker::admin_cli

int main() {
  using namespace plugbroker::admin_cli;
  prepare_process();
  const auto command = parse_control_command(program_arguments());
  const ExitCode code =
      command.ok() ? carry_out(*command) : fail(ExitCode::usage, command.status().message + " (see --help)");
  return static_cast<int>(code);
}
