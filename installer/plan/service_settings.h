// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker_core/base/result.h"
#include "broker_core/base/time.h"

namespace plugbroker::installer {

enum class StartType : std::uint8_t { automatic, delayed, demand, disabled };

/// "auto", "delayed", "demand", "disabled"; automatic for every other text.
[[nodiscard]] StartType start_type_of(std::string_view text) noexcept;
[[nodiscard]] std::string_view start_type_name(StartType start) noexcept;

/// Restarts by the SCM; the last delay holds for all further failures.
struct FailureActions {
  std::uint32_t reset_seconds = 0;
  std::vector<std::uint32_t> restart_delays_ms;

  bool operator==(const FailureActions&) const = default;
};

/// All that the SCM holds, or is to hold, of one service. Texts are UTF-8.
struct ServiceSettings {
  std::string command_line;
  std::string display_name;
  std::string account;
  StartType start = StartType::automatic;
  std::string description;
  bool sid_in_token = false;  ///< SID type `unrestricted`.
  std::vector<std::string> privileges;
  FailureActions failure_actions;
  bool failure_actions_on_error_exit = false;
  Duration shutdown_time{};
};

/// The one place that says what every installation has beside what the command line says.
inline constexpr std::array<std::uint32_t, 3> restart_delays_ms{5'000, 30'000, 60'000};
inline constexpr std::uint32_t failure_reset_seconds = 24 * 60 * 60;
inline constexpr std::array<std::string_view, 1> required_privileges{"SeChangeNotifyPrivilege"};

/// One thing that is set, and read back, by itself.
enum class Setting : std::uint8_t {
  registration,  ///< Command line, display name, account and start type.
  delayed_start,
  description,
  service_sid,
  privileges,
  failure_actions,
  failure_flag,
  shutdown_time,
};
inline constexpr std::array all_settings{Setting::registration, Setting::delayed_start, Setting::description,
                                         Setting::service_sid,  Setting::privileges,    Setting::failure_actions,
                                         Setting::failure_flag, Setting::shutdown_time};

/// For people: "description", "restart after a failure (5 s, 30 s, 60 s)".
[[nodiscard]] std::string setting_title(Setting setting, const ServiceSettings& settings);

/// The value of one setting as a text that is equal exactly when the setting is. Also for people.
[[nodiscard]] std::string setting_text(Setting setting, const ServiceSettings& settings);

}  // namespace plugbroker::installer
