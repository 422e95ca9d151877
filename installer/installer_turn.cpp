// SPDX-License-Identifier: Apache-2.0
#include "installer/installer_turn.h"

#include <windows.h>

#include <array>
#include <utility>

#include "broker_core/base/duration_text.h"
#include "broker_core/win/awake_clock.h"

namespace plugbroker::installer {
namespace {

constexpr DWORD pause_ms = 100;

}  // namespace

std::filesystem::path InstallerTurn::default_place() {
  std::array<wchar_t, MAX_PATH + 1> folder{};
  const UINT size = GetSystemWindowsDirectoryW(folder.data(), static_cast<UINT>(folder.size()));
  const bool known = size != 0 && size < folder.size();
  return std::filesystem::path{known ? folder.data() : LR"(C:\Windows)"} / L"plugbroker-install.lock";
}

Result<InstallerTurn> InstallerTurn::take(const std::filesystem::path& place, Duration patience) {
  const win::AwakeClock clock;
  for (const TimePoint end = clock.now() + patience;;) {
    Result<win::LockFile> lock = win::LockFile::acquire(place.native());
    if (lock.ok()) return InstallerTurn{std::move(*lock)};
    if (lock.status().code != StatusCode::already_exists) return InstallerTurn{std::nullopt};
    if (clock.now() >= end) {
      return {StatusCode::failed_precondition, "another plugbroker-install has been at work on this machine for " +
                                                   duration_text(patience) + "; try again when it has ended"};
    }
    Sleep(pause_ms);
  }
}

}  // namespace plugbroker::installer
