// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/service_settings.h"

#include <utility>

#include "broker_core/base/duration_text.h"
#include "installer/plan/account.h"

namespace plugbroker::installer {
namespace {

constexpr std::array<std::pair<std::string_view, StartType>, 4> start_types{{{"auto", StartType::automatic},
                                                                             {"delayed", StartType::delayed},
                                                                             {"demand", StartType::demand},
                                                                             {"disabled", StartType::disabled}}};

std::string joined(const auto& values, std::string_view separator, auto&& text_of) {
  std::string text;
  for (const auto& value : values) {
    if (!text.empty()) text.append(separator);
    text.append(text_of(value));
  }
  return text;
}

std::string delays_text(const FailureActions& actions) {
  return joined(actions.restart_delays_ms, ", ",
                [](std::uint32_t ms) { return duration_text(std::chrono::milliseconds{ms}); });
}

std::string registration_text(const ServiceSettings& settings) {
  const std::string account =
      account_kind(settings.account) == AccountKind::local_system ? "LocalSystem" : settings.account;
  // The delay is a setting of its own.
  const StartType start = settings.start == StartType::delayed ? StartType::automatic : settings.start;
  return settings.command_line + " under " + account + ", start " + std::string{start_type_name(start)} + ", named " +
         settings.display_name;
}

}  // namespace

StartType start_type_of(std::string_view text) noexcept {
  for (const auto& [name, start] : start_types) {
    if (name == text) return start;
  }
  return StartType::automatic;
}

std::string_view start_type_name(StartType start) noexcept {
  for (const auto& [name, known] : start_types) {
    if (known == start) return name;
  }
  return "auto";
}

std::string setting_title(Setting setting, const ServiceSettings& settings) {
  switch (setting) {
    case Setting::registration:
      return "registered: " + registration_text(settings);
    case Setting::delayed_start:
      return settings.start == StartType::delayed ? "the start is delayed" : "the start is not delayed";
    case Setting::description:
      return "description";
    case Setting::service_sid:
      return "the service's SID in its token";
    case Setting::privileges:
      return "privileges: " + setting_text(setting, settings) + " alone";
    case Setting::failure_actions:
      return "restart after a failure (" + delays_text(settings.failure_actions) + ")";
    case Setting::failure_flag:
      return "restart also when the service stops with an error";
    case Setting::shutdown_time:
      return duration_text(settings.shutdown_time) + " for a shutdown of the system";
  }
  return {};
}

std::string setting_text(Setting setting, const ServiceSettings& settings) {
  switch (setting) {
    case Setting::registration:
      return registration_text(settings);
    case Setting::delayed_start:
      return settings.start == StartType::delayed ? "delayed" : "not delayed";
    case Setting::description:
      return settings.description;
    case Setting::service_sid:
      return settings.sid_in_token ? "unrestricted" : "none";
    case Setting::privileges:
      return joined(settings.privileges, " ", [](const std::string& name) { return name; });
    case Setting::failure_actions:
      return delays_text(settings.failure_actions) + "; forgotten after " +
             duration_text(std::chrono::seconds{settings.failure_actions.reset_seconds});
    case Setting::failure_flag:
      return settings.failure_actions_on_error_exit ? "on" : "off";
    case Setting::shutdown_time:
      return duration_text(settings.shutdown_time);
  }
  return {};
}

}  // namespace plugbroker::installer
