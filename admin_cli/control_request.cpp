// SPDX-License-Identifier: Apache-2.0
#include "admin_cli/control_request.h"

#include "broker_core/admin/admin_requests.h"
#include "broker_core/admin/evidence_text.h"
#include "broker_core/admin/status_text.h"
#include "broker_core/base/assert.h"
#include "broker_core/base/escaped_text.h"

namespace plugbroker::admin_cli {
namespace {

using engine::OperatorCommand;

AdminCall operate(OperatorCommand wanted, const ControlCommand& command) {
  return {"operate",
          admin::operate_request_json(
              {.command = wanted, .pool = command.pool, .worker = WorkerId{command.worker}, .asked_by = {}})};
}

// The case is a text of several lines; what could move the cursor does not get through.
std::string printable_lines(std::string_view document) {
  std::string text;
  while (!document.empty()) {
    const std::size_t end = document.find('\n');
    const std::string_view line = document.substr(0, end);
    text += escaped_text(line, EscapeStyle::plain, line.size()) + '\n';
    document.remove_prefix(end == std::string_view::npos ? document.size() : end + 1);
  }
  return text;
}

}  // namespace

AdminCall admin_call_of(const ControlCommand& command) {
  switch (command.verb) {
    case ControlVerb::status:
    case ControlVerb::pools:
    case ControlVerb::workers:
      return {"status", ""};
    case ControlVerb::drain:
      return operate(OperatorCommand::drain, command);
    case ControlVerb::resume:
      return operate(OperatorCommand::resume, command);
    case ControlVerb::recycle:
      return operate(OperatorCommand::recycle, command);
    case ControlVerb::kill:
      return operate(OperatorCommand::kill, command);
    case ControlVerb::close_breaker:
      return operate(OperatorCommand::close_breaker, command);
    case ControlVerb::evidence:
      return {"evidence", admin::evidence_request_json(command.evidence_case)};
    case ControlVerb::reload:
      return {"reload", ""};
    case ControlVerb::call:
    case ControlVerb::help:
    case ControlVerb::version:
      break;
  }
  PLUGBROKER_ASSERT(false);
  return {};
}

Result<std::string> shown_answer(const ControlCommand& command, const std::string& document) {
  if (command.json) return document + '\n';
  switch (command.verb) {
    case ControlVerb::status:
      return admin::status_text(document);
    case ControlVerb::pools:
      return admin::status_text(document, {.part = admin::StatusPart::pools});
    case ControlVerb::workers:
      return admin::status_text(document, {.part = admin::StatusPart::workers, .pool = command.pool});
    case ControlVerb::evidence:
      return command.evidence_case.empty() ? admin::evidence_list_text(document) : printable_lines(document);
    default:
      return admin::status_text(document, {.part = admin::StatusPart::operated, .pool = command.pool});
  }
}

}  // namespace plugbroker::admin_cli
