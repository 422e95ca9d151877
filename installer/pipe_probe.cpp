// SPDX-License-Identifier: Apache-2.0
#include "installer/pipe_probe.h"

#include <windows.h>

#include "broker_core/win/unique_handle.h"
#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"
#include "client_lib/win/server_owner.h"

namespace plugbroker::installer {
namespace {

constexpr int most_tries = 20;
constexpr DWORD pause_ms = 100;

}  // namespace

PipeFact probe_pipe(const std::string& pipe, const std::string& service_name, const std::string& trusted_owner) {
  PipeFact fact{.name = pipe};
  const Result<client::TrustedOwners> owners = client::trusted_owners(service_name, trusted_owner);
  if (!owners) {
    fact.problem = owners.status().message;
    return fact;
  }
  const std::wstring name = win::to_utf16(pipe);
  win::UniqueHandle opened;
  for (int tries = 0; tries < most_tries && !opened; ++tries) {
    opened = win::UniqueHandle{CreateFileW(name.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                                           SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr)};
    const DWORD error = GetLastError();
    if (opened) break;
    fact.problem = win::error_text(error);
    if (error != ERROR_PIPE_BUSY) return fact;
    Sleep(pause_ms);
  }
  if (!opened) return fact;
  fact.opened = true;
  fact.problem.clear();
  const Result<std::string> owner = client::owner_of(opened.get());
  if (!owner) return fact;
  fact.owner = *owner;
  const client::OwnerTrust trust = client::trust_in(*owner, *owners);
  fact.owner_trusted = trust != client::OwnerTrust::not_trusted;
  fact.trusted_by_option_only = trust == client::OwnerTrust::trusted_by_option;
  return fact;
}

}  // namespace plugbroker::installer
