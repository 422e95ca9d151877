// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker_core/base/result.h"

namespace plugbroker::win {

enum class Label : std::uint8_t { medium, high };

/// The parts of a pipe's descriptor as SDDL, each with its prefix ("O:", "D:", "S:"); empty when there is none.
///
/// 0x12019b is read and write without FILE_CREATE_PIPE_INSTANCE, 0x12019f the same with it: only `owner` may add
/// instances.
struct PipeSecurity {
  std::string owner;
  std::string dacl;
  std::string label;

  [[nodiscard]] std::string sddl() const { return owner + dacl + label; }
};

/// For the pipe that plugins use: authenticated users may call; below medium integrity nobody may write.
[[nodiscard]] PipeSecurity public_pipe_security(std::string_view owner_sid);

/// For the admin pipe: SYSTEM and Administrators; below `label` nobody may read or write.
[[nodiscard]] PipeSecurity admin_pipe_security(std::string_view owner_sid, Label label);

/// For a worker's channel: nobody but `owner_sid`, who opens both ends.
[[nodiscard]] PipeSecurity channel_security(std::string_view owner_sid, Label label);

/// A parsed security descriptor.
class SecurityDescriptor {
 public:
  [[nodiscard]] static Result<SecurityDescriptor> parse(const std::string& sddl);

  ~SecurityDescriptor();
  SecurityDescriptor(SecurityDescriptor&& other) noexcept;
  SecurityDescriptor& operator=(SecurityDescriptor&& other) noexcept;
  SecurityDescriptor(const SecurityDescriptor&) = delete;
  SecurityDescriptor& operator=(const SecurityDescriptor&) = delete;

  [[nodiscard]] PSECURITY_DESCRIPTOR get() const noexcept { return descriptor_; }

 private:
  explicit SecurityDescriptor(PSECURITY_DESCRIPTOR descriptor) noexcept : descriptor_(descriptor) {}

  PSECURITY_DESCRIPTOR descriptor_ = nullptr;
};

/// A descriptor to ask for, and what of the wanted one it leaves out.
struct SecurityChoice {
  SecurityDescriptor descriptor;
  std::vector<std::string> left_out;  ///< "mandatory label", "owner"
};

/// What to ask for, best first: everything, then without the label (a process can't label above itself), then without
/// the owner (a process can't give away what it makes), then without both. The DACL is in all of them.
[[nodiscard]] Result<std::vector<SecurityChoice>> security_choices(const PipeSecurity& wanted);

/// True for the errors with which the system refuses a label or an owner: the next choice may work.
[[nodiscard]] bool is_refused_security(DWORD error) noexcept;

}  // namespace plugbroker::win
