// SPDX-License-Identifier: Apache-2.0
#include "broker_core/runtime/file_writers.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace plugbroker::runtime {
namespace {

// Rights as Windows numbers them.
constexpr std::uint32_t write_data = 0x2;    // In a folder: add a file.
constexpr std::uint32_t append_data = 0x4;   // In a folder: add a folder, which does no harm.
constexpr std::uint32_t delete_child = 0x40;
constexpr std::uint32_t delete_it = 0x10000;
constexpr std::uint32_t write_dac = 0x40000;
constexpr std::uint32_t write_owner = 0x80000;
constexpr std::uint32_t generic_all = 0x10000000;
constexpr std::uint32_t generic_write = 0x40000000;

constexpr std::uint32_t take_over = delete_it | write_dac | write_owner | generic_all;

constexpr std::string_view everyone = "S-1-1-0";
constexpr std::string_view creator_owner = "S-1-3-0";
constexpr std::string_view owner_rights = "S-1-3-4";

std::uint32_t harmful(FilePlace place) {
  switch (place) {
    case FilePlace::file:
      return take_over | write_data | append_data | generic_write;
    case FilePlace::folder:
      return take_over | write_data | delete_child | generic_write;
    case FilePlace::ancestor:
      return take_over | delete_child;
  }
  return ~std::uint32_t{0};
}

void add(std::vector<std::string>& sids, const std::string& sid) {
  if (std::ranges::find(sids, sid) == sids.end()) sids.push_back(sid);
}

}  // namespace

std::vector<std::string> writers_beside(const std::vector<std::string>& trusted, const FileSecurity& security,
                                        FilePlace place) {
  const std::uint32_t bad = harmful(place);
  std::vector<std::string> writers;
  const auto found = [&](const std::string& sid) {
    if (std::ranges::find(trusted, sid) == trusted.end()) add(writers, sid);
  };
  found(security.owner);
  if (!security.has_list) {
    found(std::string(everyone));
    return writers;
  }
  std::map<std::string, std::uint32_t, std::less<>> denied;
  for (const AccessEntry& entry : security.entries) {
    if (entry.inherit_only || entry.kind == AccessKind::audit) continue;
    if (entry.sid == creator_owner || entry.sid == owner_rights) continue;
    if (entry.kind == AccessKind::deny) {
      denied[entry.sid] |= entry.mask;
      continue;
    }
    const std::uint32_t mask = entry.kind == AccessKind::other ? ~std::uint32_t{0} : entry.mask;
    const auto own = denied.find(entry.sid);
    const auto all = denied.find(everyone);
    const std::uint32_t refused =
        (own == denied.end() ? 0 : own->second) | (all == denied.end() ? 0 : all->second);
    if ((mask & ~refused & bad) != 0) found(entry.sid);
  }
  return writers;
}

}  // namespace plugbroker::runtime
