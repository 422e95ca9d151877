// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/folder_access.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <utility>

namespace plugbroker::installer {
namespace {

constexpr std::string_view service_sid_prefix = "S-1-5-80-";
constexpr std::size_t most_entries = 1024;

// What FILE_GENERIC_READ and FILE_GENERIC_EXECUTE have, READ_CONTROL and SYNCHRONIZE included.
constexpr std::uint64_t read_mask = 0x1200a9;
constexpr std::array<std::string_view, 7> reading_rights{"FR", "FX", "FRFX", "GR", "GX", "GRGX", "GXGR"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 2> well_known{
    {{"S-1-5-18", "SY"}, {"S-1-5-32-544", "BA"}}};

AccessEntry parse_entry(std::string_view text) {
  std::array<std::string, 6> fields;
  std::size_t field = 0;
  for (const char c : text) {
    if (c != ';') {
      fields[field] += c;
    } else if (++field == fields.size()) {
      return {.type = std::string{text}, .flags = {}, .rights = {}, .trustee = {}};
    }
  }
  // With an object's type, or conditional: nothing that belongs to a folder.
  if (field != fields.size() - 1 || !fields[3].empty() || !fields[4].empty()) {
    return {.type = std::string{text}, .flags = {}, .rights = {}, .trustee = {}};
  }
  return {.type = fields[0], .flags = fields[1], .rights = fields[2], .trustee = sddl_trustee(fields[5])};
}

// What follows `mark` ("O:"), up to the next part.
std::string part(std::string_view sddl, std::string_view mark) {
  const std::size_t begin = sddl.find(mark);
  if (begin == std::string_view::npos) return {};
  std::string_view rest = sddl.substr(begin + mark.size());
  for (const std::string_view next : {"O:", "G:", "D:", "S:"}) {
    if (next != mark) rest = rest.substr(0, rest.find(next));
  }
  return std::string{rest};
}

bool is_trusted(std::string_view owner, const std::vector<std::string>& trusted_owners) {
  return std::ranges::find(trusted_owners, owner) != trusted_owners.end();
}

bool inherited(const AccessEntry& entry) {
  return entry.flags.find("ID") != std::string::npos;
}

bool has(const std::vector<AccessEntry>& entries, const AccessEntry& entry) {
  return std::ranges::find(entries, entry) != entries.end();
}

bool may_stay(const AccessEntry& entry) {
  if (entry.trustee.empty()) return false;
  if (entry.type == "D") return true;
  return entry.type == "A" && (!may_write(entry) || entry.trustee.starts_with(service_sid_prefix));
}

}  // namespace

std::string sddl_trustee(std::string_view sid) {
  for (const auto& [text, alias] : well_known) {
    if (text == sid) return std::string{alias};
  }
  return std::string{sid};
}

FolderAccess parse_folder_access(std::string_view sddl) {
  FolderAccess access{.owner = sddl_trustee(part(sddl, "O:")),
                      .group = sddl_trustee(part(sddl, "G:")),
                      .is_protected = false,
                      .entries = {}};
  std::string list = part(sddl, "D:");
  const std::string flags = list.substr(0, list.find('('));
  access.is_protected = flags.find('P') != std::string::npos;
  list.erase(0, flags.size());
  while (access.entries.size() < most_entries && list.starts_with('(')) {
    const std::size_t end = list.find(')');
    if (end == std::string::npos) break;
    access.entries.push_back(parse_entry(std::string_view{list}.substr(1, end - 1)));
    list.erase(0, end + 1);
  }
  return access;
}

std::string sddl_of(const FolderAccess& access) {
  std::string sddl;
  if (!access.owner.empty()) sddl += "O:" + access.owner;
  if (!access.group.empty()) sddl += "G:" + access.group;
  sddl += access.is_protected ? "D:PAI" : "D:AI";
  for (const AccessEntry& entry : access.entries) {
    sddl += "(" + entry.type + ";" + entry.flags + ";" + entry.rights + ";;;" + entry.trustee + ")";
  }
  return sddl;
}

FolderAccess folder_access(std::string_view service_sid, std::string_view service_rights) {
  return {.owner = "SY",
          .group = "SY",
          .is_protected = true,
          .entries = {{"A", "OICI", "FA", "SY"},
                      {"A", "OICI", "FA", "BA"},
                      {"A", "OICI", std::string{service_rights}, std::string{service_sid}}}};
}

bool may_write(const AccessEntry& entry) {
  if (entry.rights.starts_with("0x")) {
    return (std::strtoull(entry.rights.c_str() + 2, nullptr, 16) & ~read_mask) != 0;
  }
  return std::ranges::find(reading_rights, entry.rights) == reading_rights.end();
}

bool lets_others_write(const AccessEntry& entry, const std::vector<std::string>& others) {
  if (entry.type == "D") return false;
  // Of the owner whom an entry for CREATOR OWNER stands for is judged by himself.
  const bool known = entry.trustee == "SY" || entry.trustee == "BA" || entry.trustee == trusted_installer_sid ||
                     entry.trustee == "CO" || entry.trustee == "S-1-3-0" || is_trusted(entry.trustee, others);
  return !known && may_write(entry);
}

FolderDecision decide_folder(const FolderAccess& present, const FolderAccess& wanted,
                             const std::vector<std::string>& trusted_owners) {
  FolderDecision decision{.access = wanted, .unchanged = false, .take_over = false, .removed = {}};
  decision.take_over = !is_trusted(present.owner, trusted_owners);
  // Denials stand first, as Windows orders a list.
  std::vector<AccessEntry> denials;
  bool all_wanted = true;
  for (const AccessEntry& entry : wanted.entries) all_wanted = all_wanted && has(present.entries, entry);
  for (const AccessEntry& entry : present.entries) {
    if (inherited(entry) || has(wanted.entries, entry)) continue;
    const bool same_trustee = std::ranges::any_of(
        wanted.entries, [&](const AccessEntry& one) { return one.trustee == entry.trustee && entry.type == "A"; });
    if (same_trustee) {
      all_wanted = false;
    } else if (!decision.take_over && may_stay(entry)) {
      (entry.type == "D" ? denials : decision.access.entries).push_back(entry);
    } else {
      AccessEntry shown = entry;
      decision.removed.push_back(shown.trustee.empty() ? "(" + shown.type + ")"
                                                       : "(" + shown.type + ";" + shown.flags + ";" + shown.rights +
                                                             ";;;" + shown.trustee + ")");
    }
  }
  decision.access.entries.insert(decision.access.entries.begin(), denials.begin(), denials.end());
  decision.unchanged = all_wanted && !decision.take_over && decision.removed.empty() && present.is_protected &&
                       present.owner == wanted.owner;
  return decision;
}

}  // namespace plugbroker::installer
