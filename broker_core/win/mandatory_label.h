// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <cstdint>
#include <filesystem>
#include <optional>

#include "broker_core/base/result.h"

namespace plugbroker::win {

/// Whom an object keeps out by integrity.
struct MandatoryLabel {
  std::uint32_t level = 0;   ///< SECURITY_MANDATORY_HIGH_RID and so on.
  std::uint32_t policy = 0;  ///< SYSTEM_MANDATORY_LABEL_NO_WRITE_UP and so on.

  bool operator==(const MandatoryLabel&) const = default;
};

/// True when nothing below high integrity can write to it or read it.
[[nodiscard]] bool keeps_out_below_high(const std::optional<MandatoryLabel>& label) noexcept;

/// The label in a security descriptor; none when it has none.
[[nodiscard]] std::optional<MandatoryLabel> label_in(PSECURITY_DESCRIPTOR descriptor) noexcept;

/// Labels this process high, no write up, no read up, unless its label says at least that already (as that of a process
/// at system integrity does). Read back: not ok when the system did not keep it.
[[nodiscard]] Status label_own_process_high();

/// The same for a file, or a folder with what is in it and what will be made in it. Needs the right to change the owner,
/// and a process at high integrity.
[[nodiscard]] Status label_high(const std::filesystem::path& path);

}  // namespace plugbroker::win
