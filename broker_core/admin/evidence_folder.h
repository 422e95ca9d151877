// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "broker_core/base/result.h"

namespace plugbroker::admin {

/// Bounds of what is read of the evidence folder.
namespace evidence {
inline constexpr std::size_t max_cases_listed = 256;
inline constexpr std::size_t max_case_bytes = 1024 * 1024;
inline constexpr std::size_t max_name_bytes = 255;
}  // namespace evidence

/// Reads the cases of workers that failed: a folder for each, named UTC time, pool and worker, with `case.json` in it.
class EvidenceFolder {
 public:
  explicit EvidenceFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// {"schema_version": 1, "cases": [{"name", "time", "pool", "worker", "reason"}], "left_out": 0}; the latest first,
  /// at most max_cases_listed, the rest counted in `left_out`. What a case does not say, or can't be read of it, is
  /// null. A folder that does not exist has no cases.
  [[nodiscard]] Result<std::string> list() const;

  /// The `case.json` of one case. invalid_argument for a name that is none of a folder right in here, not_found where
  /// there is no such case, data_loss where it can't be read or has more than max_case_bytes.
  [[nodiscard]] Result<std::string> read(std::string_view name) const;

 private:
  std::filesystem::path folder_;
};

/// Whether a name can be that of a case: a digit first, letters, digits, ".", "_" and "-" between, no "." last. So it
/// leads to no other folder, drive or device, and to no stream of a file.
[[nodiscard]] bool is_case_name(std::string_view name) noexcept;

/// The name of the case that this folder would be by its path; "" when it can't be one. Throws nothing of a name that
/// is no text, which Windows allows and a conversion to UTF-8 does not.
[[nodiscard]] std::string case_name_of(const std::filesystem::path& path);

}  // namespace plugbroker::admin
