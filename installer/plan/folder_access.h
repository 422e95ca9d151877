// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plugbroker::installer {

/// One entry of a list as SDDL has it: (A;OICI;FA;;;SY).
struct AccessEntry {
  std::string type;
  std::string flags;
  std::string rights;
  std::string trustee;

  bool operator==(const AccessEntry&) const = default;
};

/// Owner, group and list of a folder.
struct FolderAccess {
  std::string owner;
  std::string group;
  bool is_protected = false;  ///< Nothing comes down from the folder above.
  std::vector<AccessEntry> entries;
};

/// Takes "O:SYG:SYD:PAI(A;OICI;FA;;;SY)" apart. Entries of a form that it does not know keep their text as type.
[[nodiscard]] FolderAccess parse_folder_access(std::string_view sddl);
[[nodiscard]] std::string sddl_of(const FolderAccess& access);

/// What a folder of the service is to have: O:SYG:SYD:PAI, SYSTEM and Administrators everything, the service's SID
/// `service_rights`.
[[nodiscard]] FolderAccess folder_access(std::string_view service_sid, std::string_view service_rights);

/// What to give to a folder that has `present` and is to have `wanted`.
struct FolderDecision {
  FolderAccess access;               ///< `wanted`, and what of `present` may stay.
  bool unchanged = false;            ///< It has all that already.
  bool take_over = false;            ///< Somebody who is not trusted made it: what is in it has to be taken over too.
  std::vector<std::string> removed;  ///< Entries of its own that go, as SDDL.
};

/// What an administrator added stays: entries that deny, that only read, or that are for another service (several share
/// these folders). What lets anybody else write goes, and everything goes from a folder whose owner is none of
/// `trusted_owners`: he could have put anything there.
[[nodiscard]] FolderDecision decide_folder(const FolderAccess& present, const FolderAccess& wanted,
                                           const std::vector<std::string>& trusted_owners);

/// True when the entry lets its trustee do more than read and list. Also when that can't be told.
[[nodiscard]] bool may_write(const AccessEntry& entry);

/// True when `entry` allows writing to somebody who is neither SYSTEM, Administrators, TrustedInstaller, the creator
/// and owner as such, nor `others`.
[[nodiscard]] bool lets_others_write(const AccessEntry& entry, const std::vector<std::string>& others);

inline constexpr std::string_view trusted_installer_sid =
    "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464";

/// A SID in the spelling that SDDL has for well-known ones: SY for S-1-5-18, BA for S-1-5-32-544.
[[nodiscard]] std::string sddl_trustee(std::string_view sid);

}  // namespace plugbroker::installer
