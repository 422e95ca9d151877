// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/security_descriptors.h"

// Needs windows.h before it.
#include <sddl.h>

#include <utility>

#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::win {
namespace {

std::string allow(std::string_view rights, std::string_view trustee) {
  return "(A;;" + std::string(rights) + ";;;" + std::string(trustee) + ")";
}

constexpr std::string_view use_pipe = "0x12019b";
constexpr std::string_view use_pipe_and_add_instances = "0x12019f";

std::string owner_part(std::string_view sid) {
  return "O:" + std::string(sid);
}

std::string label_part(std::string_view policy, Label label) {
  return "S:(ML;;" + std::string(policy) + ";;;" + (label == Label::high ? "HI" : "ME") + ")";
}

}  // namespace

PipeSecurity public_pipe_security(std::string_view owner_sid) {
  return {.owner = owner_part(owner_sid),
          .dacl = "D:P" + allow(use_pipe, "AU") + allow(use_pipe_and_add_instances, owner_sid),
          .label = label_part("NW", Label::medium)};
}

PipeSecurity admin_pipe_security(std::string_view owner_sid, Label label) {
  return {.owner = owner_part(owner_sid),
          .dacl = "D:P" + allow(use_pipe, "SY") + allow(use_pipe, "BA") + allow(use_pipe_and_add_instances, owner_sid),
          .label = label_part("NWNR", label)};
}

PipeSecurity channel_security(std::string_view owner_sid, Label label) {
  return {.owner = owner_part(owner_sid),
          .dacl = "D:P" + allow(use_pipe_and_add_instances, owner_sid),
          .label = label_part("NWNR", label)};
}

Result<SecurityDescriptor> SecurityDescriptor::parse(const std::string& sddl) {
  PSECURITY_DESCRIPTOR parsed = nullptr;
  const BOOL done =
      ConvertStringSecurityDescriptorToSecurityDescriptorW(to_utf16(sddl).c_str(), SDDL_REVISION_1, &parsed, nullptr);
  const DWORD error = GetLastError();
  if (!done) return windows_error(error, "ConvertStringSecurityDescriptorToSecurityDescriptorW", sddl);
  return SecurityDescriptor(parsed);
}

SecurityDescriptor::~SecurityDescriptor() {
  LocalFree(descriptor_);
}

SecurityDescriptor::SecurityDescriptor(SecurityDescriptor&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, nullptr)) {}

SecurityDescriptor& SecurityDescriptor::operator=(SecurityDescriptor&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

Result<std::vector<SecurityChoice>> security_choices(const PipeSecurity& wanted) {
  struct Row {
    bool with_owner;
    bool with_label;
  };
  constexpr Row rows[] = {{true, true}, {true, false}, {false, true}, {false, false}};
  std::vector<SecurityChoice> choices;
  for (const Row& row : rows) {
    auto descriptor = SecurityDescriptor::parse((row.with_owner ? wanted.owner : "") + wanted.dacl +
                                                (row.with_label ? wanted.label : ""));
    if (!descriptor.ok()) return descriptor.status();
    std::vector<std::string> left_out;
    if (!row.with_label) left_out.emplace_back("mandatory label");
    if (!row.with_owner) left_out.emplace_back("owner");
    choices.push_back({std::move(descriptor).value(), std::move(left_out)});
  }
  return choices;
}

bool is_refused_security(DWORD error) noexcept {
  return error == ERROR_PRIVILEGE_NOT_HELD || error == ERROR_INVALID_OWNER;
}

}  // namespace plugbroker::win
