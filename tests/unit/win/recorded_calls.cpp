// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/win/recorded_calls.h"

#include "tests/unit/win/exchanged_import.h"

// The pointers through which everything in this program calls imported functions, under the linker's names.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {
extern decltype(&CreateNamedPipeW) __imp_CreateNamedPipeW;
extern decltype(&ImpersonateNamedPipeClient) __imp_ImpersonateNamedPipeClient;
extern decltype(&OpenThreadToken) __imp_OpenThreadToken;
extern decltype(&RevertToSelf) __imp_RevertToSelf;
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace plugbroker::test {
namespace {

RecordedCalls* recorder = nullptr;
decltype(&CreateNamedPipeW) real_create = nullptr;
decltype(&ImpersonateNamedPipeClient) real_impersonate = nullptr;
decltype(&OpenThreadToken) real_open = nullptr;
decltype(&RevertToSelf) real_revert = nullptr;

HANDLE WINAPI create(LPCWSTR name, DWORD open_mode, DWORD pipe_mode, DWORD instances, DWORD out_bytes, DWORD in_bytes,
                     DWORD timeout, LPSECURITY_ATTRIBUTES security) {
  recorder->pipes.push_back({.name = name, .open_mode = open_mode, .pipe_mode = pipe_mode});
  return real_create(name, open_mode, pipe_mode, instances, out_bytes, in_bytes, timeout, security);
}

BOOL WINAPI impersonate(HANDLE pipe) {
  recorder->identity.emplace_back("ImpersonateNamedPipeClient");
  return real_impersonate(pipe);
}

BOOL WINAPI open_token(HANDLE thread, DWORD access, BOOL as_self, PHANDLE token) {
  recorder->identity.emplace_back(as_self != FALSE ? "OpenThreadToken as self" : "OpenThreadToken");
  return real_open(thread, access, as_self, token);
}

BOOL WINAPI revert() {
  recorder->identity.emplace_back("RevertToSelf");
  return real_revert();
}

}  // namespace

RecordedCalls::RecordedCalls() {
  recorder = this;
  real_create = exchange_import(__imp_CreateNamedPipeW, &create);
  real_impersonate = exchange_import(__imp_ImpersonateNamedPipeClient, &impersonate);
  real_open = exchange_import(__imp_OpenThreadToken, &open_token);
  real_revert = exchange_import(__imp_RevertToSelf, &revert);
}

RecordedCalls::~RecordedCalls() {
  exchange_import(__imp_CreateNamedPipeW, real_create);
  exchange_import(__imp_ImpersonateNamedPipeClient, real_impersonate);
  exchange_import(__imp_OpenThreadToken, real_open);
  exchange_import(__imp_RevertToSelf, real_revert);
  recorder = nullptr;
}

}  // namespace plugbroker::test
