// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/route_access.h"

#include <unordered_map>

#include "broker_core/win/windows_error.h"

namespace plugbroker::win {
namespace {

constexpr DWORD call_right = 0x1;
constexpr std::string_view owner_and_group = "O:SYG:SY";

GENERIC_MAPPING call_mapping() {
  return {.GenericRead = STANDARD_RIGHTS_READ,
          .GenericWrite = STANDARD_RIGHTS_WRITE,
          .GenericExecute = STANDARD_RIGHTS_EXECUTE | call_right,
          .GenericAll = STANDARD_RIGHTS_REQUIRED | call_right};
}

/// AccessCheck doesn't look at generic rights in a list: for a file the system has replaced them when it was made.
/// False when there is no list: AccessCheck would let everybody in.
bool map_generic_rights(PSECURITY_DESCRIPTOR descriptor) {
  BOOL present = FALSE;
  BOOL defaulted = FALSE;
  PACL list = nullptr;
  if (!GetSecurityDescriptorDacl(descriptor, &present, &list, &defaulted) || !present || list == nullptr) return false;
  GENERIC_MAPPING mapping = call_mapping();
  for (DWORD index = 0; index < list->AceCount; ++index) {
    void* entry = nullptr;
    if (!GetAce(list, index, &entry)) return false;
    // Allowing and denying entries have the same layout.
    MapGenericMask(&static_cast<ACCESS_ALLOWED_ACE*>(entry)->Mask, &mapping);
  }
  return true;
}

Result<SecurityDescriptor> parse(const std::string& sddl) {
  auto parsed = SecurityDescriptor::parse(std::string{owner_and_group} + sddl);
  if (parsed.ok() && !map_generic_rights(parsed->get())) {
    return {StatusCode::invalid_argument, sddl + " has no list of who may call"};
  }
  return parsed;
}

Result<bool> may_call(PSECURITY_DESCRIPTOR list, HANDLE token) {
  GENERIC_MAPPING mapping = call_mapping();
  PRIVILEGE_SET privileges{};
  DWORD privileges_size = sizeof privileges;
  DWORD granted = 0;
  BOOL allowed = FALSE;
  const BOOL done = AccessCheck(list, token, call_right, &mapping, &privileges, &privileges_size, &granted, &allowed);
  const DWORD error = GetLastError();
  if (!done) return windows_error(error, "AccessCheck", "of a route");
  return allowed != FALSE && (granted & call_right) != 0;
}

}  // namespace

Result<RouteAccess> RouteAccess::make(const std::vector<std::string>& sddl_by_route) {
  RouteAccess made;
  std::unordered_map<std::string, std::size_t> known;
  for (const std::string& sddl : sddl_by_route) {
    if (sddl.empty()) {
      made.list_of_route_.push_back(nobody);
      continue;
    }
    const auto [place, is_new] = known.try_emplace(sddl, made.lists_.size());
    if (is_new) {
      auto parsed = parse(sddl);
      if (!parsed.ok()) return parsed.status();
      made.lists_.push_back(std::move(parsed).value());
    }
    made.list_of_route_.push_back(place->second);
  }
  return made;
}

Result<std::vector<bool>> RouteAccess::allowed_to(HANDLE token) const {
  std::vector<bool> allowed_lists;
  for (const SecurityDescriptor& list : lists_) {
    const auto allowed = may_call(list.get(), token);
    if (!allowed.ok()) return allowed.status();
    allowed_lists.push_back(*allowed);
  }
  std::vector<bool> allowed_routes;
  for (const std::size_t list : list_of_route_) allowed_routes.push_back(list != nobody && allowed_lists[list]);
  return allowed_routes;
}

std::string route_access_problem(const std::string& sddl) {
  const auto parsed = parse(sddl);
  return parsed.ok() ? std::string{} : "is not understood by Windows: " + parsed.status().message;
}

}  // namespace plugbroker::win
