// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/command_report.h"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

namespace plugbroker::installer {
namespace {

namespace json = boost::json;

constexpr int schema_version = 1;

std::string_view result_name(StepResult result) {
  constexpr std::array<std::string_view, 5> names{"done", "unchanged", "not_verified", "not_set", "remark"};
  return names[static_cast<std::size_t>(result)];
}

std::string_view level_name(FindingLevel level) {
  constexpr std::array<std::string_view, 3> names{"pass", "warn", "fail"};
  return names[static_cast<std::size_t>(level)];
}

}  // namespace

std::string step_line(const StepOutcome& outcome) {
  constexpr std::array<std::string_view, 5> beginnings{"set: ", "unchanged: ", "NOT verified: ", "NOT set: ", ""};
  std::string line{beginnings[static_cast<std::size_t>(outcome.result)]};
  line += outcome.title;
  return outcome.detail.empty() ? line : line + ": " + outcome.detail;
}

void CommandReport::step(StepResult result, std::string title, std::string detail) {
  steps_.push_back({result, std::move(title), std::move(detail)});
  if (print_) print_(step_line(steps_.back()));
}

void CommandReport::finding(Finding finding) {
  if (print_) {
    print_(std::string{level_name(finding.level)} + "  " + finding.check + ": " + finding.message);
    if (!finding.fix.empty()) print_("      fix: " + finding.fix);
  }
  findings_.push_back(std::move(finding));
}

void CommandReport::script_line(std::string line) {
  if (print_) print_(line);
  script_.push_back(std::move(line));
}

void CommandReport::service(std::string_view service_name, ServiceShown shown) {
  if (print_) print_(std::string{service_name} + ": " + shown.state);
  service_ = std::move(shown);
}

std::string CommandReport::json(const InstallCommand& command, ExitCode code, const std::string& problem) const {
  json::object document{{"schema_version", schema_version},
                        {"command", json::string_view{verb_name(command.verb)}},
                        {"service_name", json::string_view{command.service_name}},
                        {"dry_run", command.dry_run},
                        {"exit_code", static_cast<int>(code)},
                        {"problem", json::string_view{problem}}};
  json::array steps;
  for (const StepOutcome& step : steps_) {
    steps.push_back({{"result", json::string_view{result_name(step.result)}},
                     {"step", json::string_view{step.title}},
                     {"detail", json::string_view{step.detail}}});
  }
  document["steps"] = std::move(steps);
  if (command.dry_run) {
    json::array lines;
    for (const std::string& line : script_) lines.emplace_back(json::string_view{line});
    document["commands"] = std::move(lines);
  }
  if (command.verb == InstallVerb::doctor) {
    json::array findings;
    for (const Finding& finding : findings_) {
      findings.push_back({{"check", json::string_view{finding.check}},
                          {"level", json::string_view{level_name(finding.level)}},
                          {"message", json::string_view{finding.message}},
                          {"fix", json::string_view{finding.fix}}});
    }
    document["findings"] = std::move(findings);
  }
  if (service_)
    document["service"] = {{"state", json::string_view{service_->state}}, {"process_id", service_->process_id}};
  return json::serialize(document);
}

}  // namespace plugbroker::installer
