// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/worker_token.h"

#include <windows.h>

#include <utility>

#include "broker_core/win/local_memory.h"
#include "broker_core/win/own_privileges.h"
#include "broker_core/win/sandbox_folders.h"
#include "broker_core/win/security_descriptors.h"
#include "broker_core/win/service_sid.h"
#include "broker_core/win/token_information.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::win {
namespace {

/// A list of SIDs as the system takes it.
class SidList {
 public:
  [[nodiscard]] Status fill(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      auto sid = parse_sid(text);
      if (!sid.ok()) return sid.status();
      entries_.push_back({.Sid = sid->get(), .Attributes = 0});
      owned_.push_back(std::move(sid).value());
    }
    return {};
  }
  [[nodiscard]] DWORD size() const noexcept { return static_cast<DWORD>(entries_.size()); }
  [[nodiscard]] SID_AND_ATTRIBUTES* data() noexcept { return entries_.empty() ? nullptr : entries_.data(); }

 private:
  std::vector<LocalMemory> owned_;
  std::vector<SID_AND_ATTRIBUTES> entries_;
};

/// All but the one that is kept. For systems that don't know DISABLE_MAX_PRIVILEGE; with it Windows does not look here.
Result<std::vector<LUID_AND_ATTRIBUTES>> privileges_to_delete(HANDLE own) {
  const auto bytes = token_information(own, TokenPrivileges);
  if (!bytes.ok()) return bytes.status();
  const auto kept = kept_privilege_id();
  if (!kept.ok()) return kept.status();
  const auto* held = reinterpret_cast<const TOKEN_PRIVILEGES*>(bytes->data());
  std::vector<LUID_AND_ATTRIBUTES> others(held->Privileges, held->Privileges + held->PrivilegeCount);
  std::erase_if(others, [&](const LUID_AND_ATTRIBUTES& privilege) { return same_luid(privilege.Luid, *kept); });
  return others;
}

Result<UniqueHandle> restricted_token(HANDLE own, const runtime::TokenRequest& request) {
  auto privileges = privileges_to_delete(own);
  if (!privileges.ok()) return privileges.status();
  SidList deny_only;
  SidList restricting;
  if (Status status = deny_only.fill(request.deny_only); !status.ok()) return status;
  if (Status status = restricting.fill(request.restricting); !status.ok()) return status;
  const DWORD flags = DISABLE_MAX_PRIVILEGE | (restricting.size() == 0 ? DWORD{0} : DWORD{WRITE_RESTRICTED});
  HANDLE made = nullptr;
  const BOOL done = CreateRestrictedToken(own, flags, deny_only.size(), deny_only.data(),
                                          static_cast<DWORD>(privileges->size()),
                                          privileges->empty() ? nullptr : privileges->data(), restricting.size(),
                                          restricting.data(), &made);
  const DWORD error = GetLastError();
  if (!done) return windows_error(error, "CreateRestrictedToken", std::string_view{});
  return UniqueHandle(made);
}

Status lower_integrity(HANDLE token, std::uint32_t level) {
  const auto sid = parse_sid("S-1-16-" + std::to_string(level));
  if (!sid.ok()) return sid.status();
  TOKEN_MANDATORY_LABEL label{};
  label.Label = {.Sid = sid->get(), .Attributes = SE_GROUP_INTEGRITY};
  const BOOL done = SetTokenInformation(token, TokenIntegrityLevel, &label, sizeof label + GetLengthSid(sid->get()));
  const DWORD error = GetLastError();
  return done ? Status{} : windows_error(error, "SetTokenInformation", "integrity level of a worker");
}

Status set_default_dacl(HANDLE token, const std::string& sddl) {
  const auto descriptor = SecurityDescriptor::parse(sddl);
  if (!descriptor.ok()) return descriptor.status();
  BOOL present = FALSE;
  BOOL defaulted = FALSE;
  TOKEN_DEFAULT_DACL dacl{};
  GetSecurityDescriptorDacl(descriptor->get(), &present, &dacl.DefaultDacl, &defaulted);
  const BOOL done = SetTokenInformation(token, TokenDefaultDacl, &dacl, sizeof dacl);
  const DWORD error = GetLastError();
  return done ? Status{} : windows_error(error, "SetTokenInformation", "default access list of a worker");
}

}  // namespace

Result<std::string> pool_sid(std::string_view service_name, std::string_view pool) {
  return service_sid(std::string(service_name) + '\\' + std::string(pool));
}

Result<Confinement> confine(const LaunchSpec& spec, const ConfinementRules& rules) {
  Confinement made;
  made.request.kind = spec.token;
  if (spec.token == runtime::TokenKind::inherit) return made;
  const auto own = open_own_token(TOKEN_DUPLICATE | TOKEN_ASSIGN_PRIMARY | TOKEN_QUERY | TOKEN_ADJUST_DEFAULT);
  if (!own.ok()) return own.status();
  const auto facts = token_facts(own->get());
  if (!facts.ok()) return facts.status();
  std::string sid;
  if (spec.token == runtime::TokenKind::sandbox) {
    auto of_pool = pool_sid(rules.service_name, spec.pool);
    if (!of_pool.ok()) return of_pool.status();
    sid = std::move(of_pool).value();
    auto folders = make_sandbox_folders(rules.sandbox_root, spec.pool, facts->user, sid);
    if (!folders.ok()) return folders.status();
    made.temporary_folder = folders->temporary.native();
    made.data_folder = folders->data.native();
  }
  made.request = runtime::token_request(spec.token, *facts, sid);
  auto token = restricted_token(own->get(), made.request);
  if (!token.ok()) return token.status();
  if (Status status = lower_integrity(token->get(), made.request.integrity); !status.ok()) return status;
  if (Status status = set_default_dacl(token->get(), made.request.default_dacl); !status.ok()) return status;
  made.token = std::move(token).value();
  return made;
}

Result<std::vector<std::string>> confinement_shortfalls(const Confinement& asked, HANDLE process) {
  if (!asked.token) return std::vector<std::string>{};
  HANDLE opened = nullptr;
  const BOOL done = OpenProcessToken(process, TOKEN_QUERY, &opened);
  const DWORD error = GetLastError();
  if (!done) return windows_error(error, "OpenProcessToken", "of a worker");
  const UniqueHandle token(opened);
  const auto facts = token_facts(token.get());
  if (!facts.ok()) return facts.status();
  return runtime::token_shortfalls(asked.request, *facts);
}

}  // namespace plugbroker::win
