// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/mandatory_label.h"

// These need windows.h before them.
#include <aclapi.h>
#include <sddl.h>

#include <string>

#include "broker_core/win/local_memory.h"
#include "broker_core/win/security_descriptors.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::win {
namespace {

constexpr DWORD no_access_up = SYSTEM_MANDATORY_LABEL_NO_WRITE_UP | SYSTEM_MANDATORY_LABEL_NO_READ_UP;

/// The two ways to one object: by its handle, by its name.
struct LabelledObject {
  HANDLE handle = nullptr;
  std::wstring name;

  [[nodiscard]] DWORD read(PSECURITY_DESCRIPTOR* descriptor) {
    return handle != nullptr ? GetSecurityInfo(handle, SE_KERNEL_OBJECT, LABEL_SECURITY_INFORMATION, nullptr, nullptr,
                                               nullptr, nullptr, descriptor)
                             : GetNamedSecurityInfoW(name.data(), SE_FILE_OBJECT, LABEL_SECURITY_INFORMATION, nullptr,
                                                     nullptr, nullptr, nullptr, descriptor);
  }
  [[nodiscard]] DWORD write(ACL* labels) {
    return handle != nullptr ? SetSecurityInfo(handle, SE_KERNEL_OBJECT, LABEL_SECURITY_INFORMATION, nullptr, nullptr,
                                               nullptr, labels)
                             : SetNamedSecurityInfoW(name.data(), SE_FILE_OBJECT, LABEL_SECURITY_INFORMATION, nullptr,
                                                     nullptr, nullptr, labels);
  }
};

// Not ok when it can't be read; the object may be labelled all the same.
Result<std::optional<MandatoryLabel>> read_label(LabelledObject& object) {
  PSECURITY_DESCRIPTOR read = nullptr;
  const DWORD error = object.read(&read);
  if (error != ERROR_SUCCESS) return windows_error(error, "reading the mandatory label", std::wstring_view{object.name});
  const LocalMemory descriptor(read);
  return label_in(read);
}

Status label_object_high(LabelledObject object, const std::string& sddl) {
  const auto before = read_label(object);
  if (before.ok() && keeps_out_below_high(*before)) return {};
  const auto wanted = SecurityDescriptor::parse(sddl);
  if (!wanted.ok()) return wanted.status();
  BOOL present = FALSE;
  BOOL defaulted = FALSE;
  ACL* labels = nullptr;
  GetSecurityDescriptorSacl(wanted->get(), &present, &labels, &defaulted);
  const DWORD error = object.write(labels);
  if (error != ERROR_SUCCESS) return windows_error(error, "setting the mandatory label", std::wstring_view{object.name});
  const auto after = read_label(object);
  if (!after.ok()) return after.status();
  if (keeps_out_below_high(*after)) return {};
  return {StatusCode::failed_precondition, "the system took the mandatory label and did not keep it"};
}

}  // namespace

bool keeps_out_below_high(const std::optional<MandatoryLabel>& label) noexcept {
  return label && label->level >= SECURITY_MANDATORY_HIGH_RID && (label->policy & no_access_up) == no_access_up;
}

std::optional<MandatoryLabel> label_in(PSECURITY_DESCRIPTOR descriptor) noexcept {
  BOOL present = FALSE;
  BOOL defaulted = FALSE;
  ACL* labels = nullptr;
  if (!GetSecurityDescriptorSacl(descriptor, &present, &labels, &defaulted) || !present || labels == nullptr) {
    return std::nullopt;
  }
  for (DWORD index = 0; index < labels->AceCount; ++index) {
    void* entry = nullptr;
    if (!GetAce(labels, index, &entry)) continue;
    const auto* label = static_cast<const SYSTEM_MANDATORY_LABEL_ACE*>(entry);
    if (label->Header.AceType != SYSTEM_MANDATORY_LABEL_ACE_TYPE || (label->Header.AceFlags & INHERIT_ONLY_ACE) != 0) {
      continue;
    }
    PSID sid = const_cast<DWORD*>(&label->SidStart);
    const DWORD last = static_cast<DWORD>(*GetSidSubAuthorityCount(sid) - 1);
    return MandatoryLabel{.level = *GetSidSubAuthority(sid, last), .policy = label->Mask};
  }
  return std::nullopt;
}

Status label_own_process_high() {
  return label_object_high({.handle = GetCurrentProcess(), .name = {}}, "S:(ML;;NWNR;;;HI)");
}

Status label_high(const std::filesystem::path& path) {
  std::error_code error;
  const bool folder = std::filesystem::is_directory(path, error);
  return label_object_high({.handle = nullptr, .name = path.native()},
                           folder ? "S:(ML;OICI;NWNR;;;HI)" : "S:(ML;;NWNR;;;HI)");
}

}  // namespace plugbroker::win
