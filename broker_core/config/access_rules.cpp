// SPDX-License-Identifier: Apache-2.0
#include "broker_core/config/access_rules.h"

#include <algorithm>
#include <array>
#include <optional>

namespace plugbroker::config {
namespace {

constexpr std::size_t max_entries = 64;
constexpr std::size_t longest_sddl = 4096;
constexpr std::size_t fields_of_entry = 6;

bool all_of(std::string_view text, std::string_view allowed) {
  return text.find_first_not_of(allowed) == std::string_view::npos;
}

bool is_sid(std::string_view sid) {
  constexpr std::string_view capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  if (sid.size() == 2 && all_of(sid, capitals)) return true;
  constexpr std::string_view prefix = "S-1-";
  if (!sid.starts_with(prefix)) return false;
  const std::string_view rest = sid.substr(prefix.size());
  return !rest.empty() && all_of(rest, "0123456789-") && rest.front() != '-' && rest.back() != '-' &&
         rest.find("--") == std::string_view::npos && rest.find('-') != std::string_view::npos;
}

std::optional<std::array<std::string_view, fields_of_entry>> fields_of(std::string_view entry) {
  std::array<std::string_view, fields_of_entry> fields;
  for (std::size_t index = 0; index < fields_of_entry; ++index) {
    const std::size_t end = entry.find(';');
    const bool last = index + 1 == fields_of_entry;
    if ((end == std::string_view::npos) != last) return std::nullopt;
    fields[index] = entry.substr(0, end);
    if (!last) entry.remove_prefix(end + 1);
  }
  return fields;
}

std::string entry_problem(std::string_view entry) {
  const auto fields = fields_of(entry);
  if (!fields) return "is not an entry such as A;;0x1;;;AU";
  const auto& [type, flags, right, object, inherited, sid] = *fields;
  if (type != "A" && type != "D") return "is of another type than A (may call) and D (may not)";
  if (!flags.empty()) return "has flags, which mean nothing for a route";
  constexpr std::array<std::string_view, 4> rights{"0x1", "1", "GA", "GX"};
  if (std::ranges::find(rights, right) == rights.end()) return "has another right than 0x1, the right to call";
  if (!object.empty() || !inherited.empty()) return "names an object, which means nothing for a route";
  if (!is_sid(sid)) return "does not end with a SID: two capital letters such as AU, or S-1-…";
  return {};
}

/// Of a part beside the list of who may call; empty when there is none such here.
std::string section_problem(std::string_view rest) {
  if (rest.starts_with("O:") || rest.starts_with("G:")) {
    return "names an owner or a group (O:, G:); the service adds its own";
  }
  if (rest.starts_with("S:")) return "has a part S:; only the list of who may call, D:, belongs here";
  return {};
}

}  // namespace

std::string access_problem(std::string_view sddl) {
  if (sddl.size() > longest_sddl) return "is longer than " + std::to_string(longest_sddl) + " bytes";
  if (std::string problem = section_problem(sddl); !problem.empty()) return problem;
  if (!sddl.starts_with("D:")) return "does not begin with D:, the list of who may call, such as D:(A;;0x1;;;AU)";
  std::string_view rest = sddl.substr(2);
  if (rest.starts_with("NO_ACCESS_CONTROL"))
    return "has no list; it would let everybody call. D:(A;;0x1;;;AU) is for all who are known";
  if (rest.starts_with('P')) rest.remove_prefix(1);
  if (rest.empty()) return "has an empty list, so that nobody could call";
  for (std::size_t count = 1; !rest.empty(); ++count) {
    if (std::string problem = section_problem(rest); !problem.empty()) return problem;
    const std::size_t end = rest.find(')');
    if (!rest.starts_with('(') || end == std::string_view::npos) {
      return "is not a list of entries in parentheses, such as D:(A;;0x1;;;AU)";
    }
    const std::string_view entry = rest.substr(1, end - 1);
    if (std::string problem = entry_problem(entry); !problem.empty()) {
      return "entry " + std::to_string(count) + " of the list " + problem;
    }
    if (count > max_entries) return "has more than " + std::to_string(max_entries) + " entries";
    rest.remove_prefix(end + 1);
  }
  return {};
}

}  // namespace plugbroker::config
