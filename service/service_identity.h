// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

/// The names under which the product is known to the system. Shared with the installer.
namespace plugbroker::service {

/// Unless --service-name says otherwise.
inline constexpr std::wstring_view default_service_name = L"PlugBroker";
inline constexpr std::wstring_view default_display_name = L"PlugBroker";
inline constexpr std::wstring_view description =
    L"Lets plugins of native applications call C# workers: starts the workers, hands them the calls, brings the "
    L"answers "
    L"back.";

/// The source in the Windows event log has the service's name; its texts are here, beside the service's program.
inline constexpr std::wstring_view event_message_file = L"plugbroker-events.dll";
inline constexpr std::uint16_t event_category_count = 4;  ///< The installer registers them.

inline constexpr std::string_view version = "0.1.0";  ///< The build fails when it is not the project's.

/// The pool's name follows. The SDK knows it too.
inline constexpr std::wstring_view attach_pipe_prefix = LR"(\\.\pipe\PlugBroker.Attach.)";

inline constexpr std::wstring_view service_program = L"plugbroker-service.exe";
inline constexpr std::wstring_view dump_program = L"plugbroker-dump.exe";  ///< Beside it.

// Below %ProgramData%.
inline constexpr std::wstring_view data_folder = L"PlugBroker";
inline constexpr std::wstring_view config_file = L"plugbroker.json";  ///< In the data folder.
inline constexpr std::wstring_view log_folder = L"logs";              ///< In the data folder.
inline constexpr std::wstring_view lock_folder = L"run";              ///< In the data folder.
inline constexpr std::wstring_view evidence_folder = L"evidence";     ///< In the data folder.
inline constexpr std::wstring_view shadow_folder = L"shadow";         ///< In the data folder.
inline constexpr std::wstring_view sandbox_folder = L"sandbox";       ///< In the data folder.

}  // namespace plugbroker::service
