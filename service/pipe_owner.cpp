// SPDX-License-Identifier: Apache-2.0
#include "service/pipe_owner.h"

#include <windows.h>

#include "broker_core/win/service_sid.h"
#include "broker_core/win/token_information.h"

namespace plugbroker::service {
namespace {

// Of the user, or of a group that is switched on.
bool own_token_has(const std::string& sid_text) {
  const auto sid = win::parse_sid(sid_text);
  BOOL member = FALSE;
  return sid.ok() && CheckTokenMembership(nullptr, sid->get(), &member) && member;
}

}  // namespace

Result<std::string> pipe_owner_sid(std::optional<std::string_view> service_name) {
  if (service_name) {
    Result<std::string> sid = win::service_sid(*service_name);
    if (sid.ok() && own_token_has(*sid)) return sid;
  }
  return win::own_user_sid();
}

}  // namespace plugbroker::service
