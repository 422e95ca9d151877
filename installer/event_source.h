// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "broker_core/base/result.h"

namespace plugbroker::installer {

/// The registration of the service's source in the Windows event log, by which viewers find the texts: a key of that
/// name below HKLM, SYSTEM\CurrentControlSet\Services\EventLog\Application. The source has the service's name; without
/// it events are written all the same, but shown without their sentences.
///
/// A source of that name that is not ours, because its message file has another name, is left alone: already_exists.
/// permission_denied without an elevated prompt.

/// The message file, in the folder of the programs.
[[nodiscard]] std::filesystem::path event_message_file(const std::filesystem::path& program_folder);

/// Registers the source with that message file, or changes the registration that is there.
[[nodiscard]] Status register_event_source(const std::wstring& service_name, const std::filesystem::path& message_file);

/// The message file that is registered; not_found when there is none.
[[nodiscard]] Result<std::wstring> registered_message_file(const std::wstring& service_name);

/// Ok too when there is none. Events that were written stay, without their sentences.
[[nodiscard]] Status remove_event_source(const std::wstring& service_name);

}  // namespace plugbroker::installer
