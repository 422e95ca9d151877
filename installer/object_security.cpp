// SPDX-License-Identifier: Apache-2.0
#include "installer/object_security.h"

#include <windows.h>
// These need windows.h before them.
#include <aclapi.h>
#include <sddl.h>

#include <vector>

#include "broker_core/win/local_memory.h"
#include "broker_core/win/security_descriptors.h"
#include "broker_core/win/token_information.h"
#include "broker_core/win/unique_handle.h"
#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::installer {
namespace {

constexpr std::size_t most_taken_over = 100'000;
constexpr SECURITY_INFORMATION owner_group_list =
    OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;

Status security_error(DWORD error, const char* call, const std::filesystem::path& path) {
  return win::windows_error(error, call, std::wstring_view{path.native()});
}

// Opened by itself, a link never followed; refused when it is one.
Result<win::UniqueHandle> open_itself(const std::filesystem::path& path, DWORD access) {
  win::UniqueHandle handle{CreateFileW(path.c_str(), access | FILE_READ_ATTRIBUTES,
                                       FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING,
                                       FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, nullptr)};
  DWORD error = GetLastError();
  if (!handle) return security_error(error, "CreateFileW", path);
  BY_HANDLE_FILE_INFORMATION information{};
  const BOOL done = GetFileInformationByHandle(handle.get(), &information);
  error = GetLastError();
  if (!done) return security_error(error, "GetFileInformationByHandle", path);
  if ((information.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0) {
    return {StatusCode::failed_precondition,
            win::to_utf8(path.native()) +
                " is a link, which somebody may have put there to have another folder's "
                "rights changed; remove it"};
  }
  return handle;
}

struct OwnAndParts {
  win::LocalMemory descriptor;
  PSID owner = nullptr;
  ACL* list = nullptr;
  SECURITY_DESCRIPTOR_CONTROL control = 0;
};

Result<OwnAndParts> security_of(const win::UniqueHandle& handle, const std::filesystem::path& path) {
  OwnAndParts parts;
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  const DWORD error = GetSecurityInfo(handle.get(), SE_FILE_OBJECT, owner_group_list, &parts.owner, nullptr,
                                      &parts.list, nullptr, &descriptor);
  if (error != ERROR_SUCCESS) return security_error(error, "GetSecurityInfo", path);
  parts.descriptor.reset(descriptor);
  DWORD revision = 0;
  GetSecurityDescriptorControl(descriptor, &parts.control, &revision);
  return parts;
}

Status set_security(const win::UniqueHandle& handle, const std::filesystem::path& path, SECURITY_INFORMATION what,
                    PSID owner, PSID group, ACL* list) {
  const DWORD error = SetSecurityInfo(handle.get(), SE_FILE_OBJECT, what, owner, group, list, nullptr);
  return error == ERROR_SUCCESS ? Status{} : security_error(error, "SetSecurityInfo", path);
}

// The entries that did not come down from above.
std::vector<std::byte> own_entries(const ACL* list) {
  std::vector<std::byte> memory(list == nullptr ? sizeof(ACL) : list->AclSize);
  auto* own = reinterpret_cast<ACL*>(memory.data());
  InitializeAcl(own, static_cast<DWORD>(memory.size()), list == nullptr ? ACL_REVISION : list->AclRevision);
  for (WORD i = 0; list != nullptr && i < list->AceCount; ++i) {
    void* entry = nullptr;
    if (!GetAce(const_cast<ACL*>(list), i, &entry)) continue;
    const auto* header = static_cast<const ACE_HEADER*>(entry);
    if ((header->AceFlags & INHERITED_ACE) != 0) continue;
    AddAce(own, list->AclRevision, MAXDWORD, entry, header->AceSize);
  }
  return memory;
}

class TakeOver {
 public:
  explicit TakeOver(PSID owner) : owner_(owner) {}

  [[nodiscard]] Status folder(const std::filesystem::path& folder) {
    WIN32_FIND_DATAW found{};
    const HANDLE search = FindFirstFileW((folder / L"*").c_str(), &found);
    if (search == INVALID_HANDLE_VALUE) return {};
    Status status;
    do {
      const std::wstring name = found.cFileName;
      if (name == L"." || name == L"..") continue;
      status = entry(folder / name, (found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0);
    } while (status.ok() && FindNextFileW(search, &found));
    FindClose(search);
    return status;
  }

 private:
  // Itself first: then nobody else can put anything into it.
  [[nodiscard]] Status entry(const std::filesystem::path& path, bool is_folder) {
    if (++count_ > most_taken_over) {
      return {StatusCode::resource_exhausted, "more than 100,000 files and folders; remove what does not belong there"};
    }
    const auto handle = open_itself(path, READ_CONTROL | WRITE_DAC | WRITE_OWNER);
    if (!handle) return handle.status();
    std::vector<std::byte> nothing = own_entries(nullptr);
    Status status = set_security(
        *handle, path, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | UNPROTECTED_DACL_SECURITY_INFORMATION,
        owner_, nullptr, reinterpret_cast<ACL*>(nothing.data()));
    if (!status.ok() || !is_folder) return status;
    return folder(path);
  }

  PSID owner_;
  std::size_t count_ = 0;
};

}  // namespace

void enable_owner_privileges() {
  const auto token = win::open_own_token(TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY);
  if (!token) return;
  for (const wchar_t* name : {SE_TAKE_OWNERSHIP_NAME, SE_RESTORE_NAME, SE_BACKUP_NAME}) {
    TOKEN_PRIVILEGES privileges{.PrivilegeCount = 1, .Privileges = {{{}, SE_PRIVILEGE_ENABLED}}};
    if (!LookupPrivilegeValueW(nullptr, name, &privileges.Privileges[0].Luid)) continue;
    AdjustTokenPrivileges(token->get(), FALSE, &privileges, 0, nullptr, nullptr);
  }
}

Result<std::string> object_sddl(const std::filesystem::path& path) {
  const auto handle = open_itself(path, READ_CONTROL);
  if (!handle) return handle.status();
  const auto parts = security_of(*handle, path);
  if (!parts) return parts.status();
  wchar_t* text = nullptr;
  const BOOL done = ConvertSecurityDescriptorToStringSecurityDescriptorW(parts->descriptor.get(), SDDL_REVISION_1,
                                                                         owner_group_list, &text, nullptr);
  const DWORD error = GetLastError();
  if (!done) return security_error(error, "ConvertSecurityDescriptorToStringSecurityDescriptorW", path);
  const win::LocalMemory freed{text};
  return win::to_utf8(text);
}

Status set_object_sddl(const std::filesystem::path& path, const std::string& sddl) {
  const Result<win::SecurityDescriptor> descriptor = win::SecurityDescriptor::parse(sddl);
  if (!descriptor) return descriptor.status();
  const auto handle = open_itself(path, READ_CONTROL | WRITE_DAC | WRITE_OWNER);
  if (!handle) return handle.status();
  BOOL present = FALSE;
  BOOL defaulted = FALSE;
  ACL* list = nullptr;
  PSID owner = nullptr;
  PSID group = nullptr;
  SECURITY_DESCRIPTOR_CONTROL control = 0;
  DWORD revision = 0;
  GetSecurityDescriptorDacl(descriptor->get(), &present, &list, &defaulted);
  GetSecurityDescriptorOwner(descriptor->get(), &owner, &defaulted);
  GetSecurityDescriptorGroup(descriptor->get(), &group, &defaulted);
  GetSecurityDescriptorControl(descriptor->get(), &control, &revision);
  SECURITY_INFORMATION what = DACL_SECURITY_INFORMATION;
  what |=
      (control & SE_DACL_PROTECTED) != 0 ? PROTECTED_DACL_SECURITY_INFORMATION : UNPROTECTED_DACL_SECURITY_INFORMATION;
  if (owner != nullptr) what |= OWNER_SECURITY_INFORMATION;
  if (group != nullptr) what |= GROUP_SECURITY_INFORMATION;
  return set_security(*handle, path, what, owner, group, list);
}

Status take_over_contents(const std::filesystem::path& folder, const std::string& owner) {
  const Result<win::SecurityDescriptor> descriptor = win::SecurityDescriptor::parse("O:" + owner);
  if (!descriptor) return descriptor.status();
  BOOL defaulted = FALSE;
  PSID sid = nullptr;
  GetSecurityDescriptorOwner(descriptor->get(), &sid, &defaulted);
  return TakeOver{sid}.folder(folder);
}

Status take_rights_of(const std::filesystem::path& like, const std::filesystem::path& path) {
  std::vector<std::byte> entries = own_entries(nullptr);
  bool is_protected = false;
  if (!like.empty()) {
    const auto model = open_itself(like, READ_CONTROL);
    if (!model) return model.status();
    const auto parts = security_of(*model, like);
    if (!parts) return parts.status();
    is_protected = (parts->control & SE_DACL_PROTECTED) != 0;
    entries = own_entries(parts->list);
  }
  const auto handle = open_itself(path, READ_CONTROL | WRITE_DAC);
  if (!handle) return handle.status();
  return set_security(*handle, path,
                      DACL_SECURITY_INFORMATION |
                          (is_protected ? PROTECTED_DACL_SECURITY_INFORMATION : UNPROTECTED_DACL_SECURITY_INFORMATION),
                      nullptr, nullptr, reinterpret_cast<ACL*>(entries.data()));
}

}  // namespace plugbroker::installer
