// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/win/recorded_starts.h"

#include <span>

#include "broker_core/win/token_information.h"
#include "tests/unit/win/exchanged_import.h"

// The pointers through which everything in this program calls imported functions, under the linker's names.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {
extern decltype(&CreateRestrictedToken) __imp_CreateRestrictedToken;
extern decltype(&SetTokenInformation) __imp_SetTokenInformation;
extern decltype(&CreateProcessAsUserW) __imp_CreateProcessAsUserW;
extern decltype(&CreateProcessW) __imp_CreateProcessW;
extern decltype(&OpenProcessToken) __imp_OpenProcessToken;
extern decltype(&ResumeThread) __imp_ResumeThread;
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace plugbroker::test {
namespace {

RecordedStarts* recorder = nullptr;
decltype(&CreateRestrictedToken) real_restrict = nullptr;
decltype(&SetTokenInformation) real_set = nullptr;
decltype(&CreateProcessAsUserW) real_create_as_user = nullptr;
decltype(&CreateProcessW) real_create = nullptr;
decltype(&OpenProcessToken) real_open = nullptr;
decltype(&ResumeThread) real_resume = nullptr;

std::vector<std::string> texts(const SID_AND_ATTRIBUTES* sids, DWORD count) {
  std::vector<std::string> all;
  for (const SID_AND_ATTRIBUTES& sid : std::span(sids, count)) all.push_back(*win::sid_text(sid.Sid));
  return all;
}

BOOL WINAPI restrict_token(HANDLE token, DWORD flags, DWORD denied_count, PSID_AND_ATTRIBUTES denied,
                           DWORD privilege_count, PLUID_AND_ATTRIBUTES privileges, DWORD restricting_count,
                           PSID_AND_ATTRIBUTES restricting, PHANDLE made) {
  recorder->calls.emplace_back("CreateRestrictedToken");
  recorder->filter_flags = flags;
  recorder->deny_only = texts(denied, denied_count);
  recorder->restricting = texts(restricting, restricting_count);
  recorder->privileges_deleted = privilege_count;
  return real_restrict(token, flags, denied_count, denied, privilege_count, privileges, restricting_count, restricting,
                       made);
}

BOOL WINAPI set_information(HANDLE token, TOKEN_INFORMATION_CLASS what, LPVOID value, DWORD size) {
  if (what == TokenIntegrityLevel) {
    recorder->calls.emplace_back("SetTokenInformation TokenIntegrityLevel");
    recorder->integrity_sid = *win::sid_text(static_cast<TOKEN_MANDATORY_LABEL*>(value)->Label.Sid);
  } else {
    recorder->calls.emplace_back(what == TokenDefaultDacl ? "SetTokenInformation TokenDefaultDacl"
                                                          : "SetTokenInformation");
  }
  return real_set(token, what, value, size);
}

void created(const char* call, DWORD flags, const PROCESS_INFORMATION* process) {
  recorder->calls.push_back(std::string(call) + ((flags & CREATE_SUSPENDED) != 0 ? " suspended" : ""));
  HANDLE copy = nullptr;
  DuplicateHandle(GetCurrentProcess(), process->hProcess, GetCurrentProcess(), &copy, SYNCHRONIZE, FALSE, 0);
  recorder->worker = win::UniqueHandle(copy);
}

BOOL WINAPI create_as_user(HANDLE token, LPCWSTR program, LPWSTR line, LPSECURITY_ATTRIBUTES process_security,
                           LPSECURITY_ATTRIBUTES thread_security, BOOL inherit, DWORD flags, LPVOID environment,
                           LPCWSTR folder, LPSTARTUPINFOW startup, LPPROCESS_INFORMATION process) {
  const BOOL done = real_create_as_user(token, program, line, process_security, thread_security, inherit, flags,
                                        environment, folder, startup, process);
  const DWORD error = GetLastError();
  if (done) created("CreateProcessAsUserW", flags, process);
  SetLastError(error);
  return done;
}

BOOL WINAPI create(LPCWSTR program, LPWSTR line, LPSECURITY_ATTRIBUTES process_security,
                   LPSECURITY_ATTRIBUTES thread_security, BOOL inherit, DWORD flags, LPVOID environment, LPCWSTR folder,
                   LPSTARTUPINFOW startup, LPPROCESS_INFORMATION process) {
  const BOOL done = real_create(program, line, process_security, thread_security, inherit, flags, environment, folder,
                                startup, process);
  const DWORD error = GetLastError();
  if (done) created("CreateProcessW", flags, process);
  SetLastError(error);
  return done;
}

BOOL WINAPI open_token(HANDLE process, DWORD access, PHANDLE token) {
  if (process == GetCurrentProcess()) return real_open(process, access, token);
  recorder->calls.emplace_back("OpenProcessToken of the worker");
  return real_open(recorder->worker_has_our_token ? GetCurrentProcess() : process, access, token);
}

DWORD WINAPI resume(HANDLE thread) {
  recorder->calls.emplace_back("ResumeThread");
  return real_resume(thread);
}

}  // namespace

RecordedStarts::RecordedStarts() {
  recorder = this;
  real_restrict = exchange_import(__imp_CreateRestrictedToken, &restrict_token);
  real_set = exchange_import(__imp_SetTokenInformation, &set_information);
  real_create_as_user = exchange_import(__imp_CreateProcessAsUserW, &create_as_user);
  real_create = exchange_import(__imp_CreateProcessW, &create);
  real_open = exchange_import(__imp_OpenProcessToken, &open_token);
  real_resume = exchange_import(__imp_ResumeThread, &resume);
}

RecordedStarts::~RecordedStarts() {
  exchange_import(__imp_CreateRestrictedToken, real_restrict);
  exchange_import(__imp_SetTokenInformation, real_set);
  exchange_import(__imp_CreateProcessAsUserW, real_create_as_user);
  exchange_import(__imp_CreateProcessW, real_create);
  exchange_import(__imp_OpenProcessToken, real_open);
  exchange_import(__imp_ResumeThread, real_resume);
  recorder = nullptr;
}

}  // namespace plugbroker::test
