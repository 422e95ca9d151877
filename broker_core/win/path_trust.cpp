// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/path_trust.h"

#include <windows.h>
// Needs windows.h before it.
#include <aclapi.h>

#include <algorithm>
#include <utility>

#include "broker_core/runtime/worker_token.h"
#include "broker_core/win/account_names.h"
#include "broker_core/win/local_memory.h"
#include "broker_core/win/service_sid.h"
#include "broker_core/win/token_information.h"
#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::win {
namespace {

using runtime::AccessEntry;
using runtime::AccessKind;
using runtime::FilePlace;
using runtime::FileSecurity;

constexpr std::string_view trusted_installer = "TrustedInstaller";

/// Entries for and against, with or without a condition, begin alike. Those for objects of a directory service don't,
/// and stand on no file.
Result<AccessEntry> parsed(const ACE_HEADER& header) {
  AccessEntry entry{.kind = AccessKind::other,
                    .inherit_only = (header.AceFlags & INHERIT_ONLY_ACE) != 0,
                    .mask = 0,
                    .sid = std::string(runtime::everyone_sid)};
  switch (header.AceType) {
    case ACCESS_ALLOWED_ACE_TYPE:
    case ACCESS_ALLOWED_CALLBACK_ACE_TYPE:
      entry.kind = AccessKind::allow;
      break;
    case ACCESS_DENIED_ACE_TYPE:
      entry.kind = AccessKind::deny;
      break;
    case ACCESS_DENIED_CALLBACK_ACE_TYPE:  // It may not hold, so it is not counted on.
    case SYSTEM_AUDIT_ACE_TYPE:
    case SYSTEM_MANDATORY_LABEL_ACE_TYPE:
      entry.kind = AccessKind::audit;
      return entry;
    default:
      return entry;
  }
  const auto& allowed = reinterpret_cast<const ACCESS_ALLOWED_ACE&>(header);
  entry.mask = allowed.Mask;
  auto sid = sid_text(const_cast<DWORD*>(&allowed.SidStart));
  if (!sid.ok()) return sid.status();
  entry.sid = std::move(sid).value();
  return entry;
}

bool leads_elsewhere(const std::filesystem::path& path) {
  WIN32_FIND_DATAW found{};
  const HANDLE search = FindFirstFileW(path.c_str(), &found);
  if (search == INVALID_HANDLE_VALUE) return false;
  FindClose(search);
  return (found.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 && IsReparseTagNameSurrogate(found.dwReserved0);
}

std::string path_text(const std::filesystem::path& path) {
  return to_utf8(path.native());
}

std::string account_text(const std::string& sid) {
  const std::string name = account_name(sid);
  return name.empty() ? sid : name + " (" + sid + ")";
}

PathWeakness writer_weakness(const std::filesystem::path& where, FilePlace place, const std::string& sid, bool owner) {
  const std::string what = place == FilePlace::file ? "may be changed by " : "lets files be replaced by ";
  const std::string path = '"' + path_text(where) + '"';
  return {.where = where,
          .place = place,
          .problem = (owner ? "belongs to " : what) + account_text(sid),
          .remedy = owner ? "icacls " + path + " /setowner *" + std::string(runtime::administrators_sid)
                          : "icacls " + path + " /inheritance:d, then icacls " + path + " /remove *" + sid};
}

void add_weaknesses(const std::filesystem::path& where, FilePlace place, const std::vector<std::string>& trusted,
                    std::vector<PathWeakness>& found) {
  const auto security = file_security(where);
  if (!security.ok()) {
    found.push_back({.where = where,
                     .place = place,
                     .problem = "can't be checked: " + security.status().message,
                     .remedy = "grant the account that this runs under the right to read permissions (RC)"});
    return;
  }
  for (const std::string& sid : writers_beside(trusted, *security, place)) {
    found.push_back(writer_weakness(where, place, sid, sid == security->owner));
  }
}

}  // namespace

Result<FileSecurity> file_security(const std::filesystem::path& path) {
  PSECURITY_DESCRIPTOR read = nullptr;
  PSID owner = nullptr;
  ACL* list = nullptr;
  const DWORD error =
      GetNamedSecurityInfoW(path.c_str(), SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &owner,
                            nullptr, &list, nullptr, &read);
  if (error != ERROR_SUCCESS) return windows_error(error, "GetNamedSecurityInfoW", std::wstring_view{path.native()});
  const LocalMemory descriptor(read);
  auto owner_sid = sid_text(owner);
  if (!owner_sid.ok()) return owner_sid.status();
  FileSecurity security{.owner = std::move(owner_sid).value(), .has_list = list != nullptr, .entries = {}};
  for (DWORD index = 0; list != nullptr && index < list->AceCount; ++index) {
    void* entry = nullptr;
    if (!GetAce(list, index, &entry)) return windows_error(GetLastError(), "GetAce", std::wstring_view{path.native()});
    auto read_entry = parsed(*static_cast<const ACE_HEADER*>(entry));
    if (!read_entry.ok()) return read_entry.status();
    security.entries.push_back(std::move(read_entry).value());
  }
  return security;
}

Result<std::vector<std::string>> trusted_writers(std::string_view service_name,
                                                 const std::vector<std::string>& further) {
  std::vector<std::string> trusted{"S-1-5-18", std::string(runtime::administrators_sid)};
  for (const std::string_view service : {trusted_installer, service_name}) {
    auto sid = service_sid(service);
    if (!sid.ok()) return sid.status();
    trusted.push_back(std::move(sid).value());
  }
  auto user = own_user_sid();
  if (!user.ok()) return user.status();
  trusted.push_back(std::move(user).value());
  trusted.insert(trusted.end(), further.begin(), further.end());
  return trusted;
}

std::vector<PathWeakness> path_weaknesses(const std::filesystem::path& file,
                                          const std::vector<std::string>& trusted) {
  std::vector<PathWeakness> found;
  FilePlace place = FilePlace::file;
  for (std::filesystem::path at = file.lexically_normal(); !at.empty(); at = at.parent_path()) {
    const bool root = at == at.root_path();
    // Of a share nothing above the share itself can be asked.
    if (root && at.native().starts_with(L"\\\\")) break;
    if (!root && leads_elsewhere(at)) {
      found.push_back({.where = at,
                       .place = place,
                       .problem = "is a link",
                       .remedy = "name the place that it leads to instead"});
    }
    add_weaknesses(at, place, trusted, found);
    if (root || at == at.parent_path()) break;
    place = place == FilePlace::file ? FilePlace::folder : FilePlace::ancestor;
  }
  return found;
}

std::string sentence(const PathWeakness& weakness) {
  return path_text(weakness.where) + ' ' + weakness.problem;
}

bool is_sid(const std::string& text) {
  return text.starts_with("S-1-") && parse_sid(text).ok();
}

}  // namespace plugbroker::win
