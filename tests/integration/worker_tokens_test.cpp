// SPDX-License-Identifier: Apache-2.0
// What the service and its workers may do, seen from outside, and that they do their work all the same.
#include <gmock/gmock.h>
#include <windows.h>

#include "tests/integration/harness/test_caller.h"
#include "tests/integration/harness/windows_handle.h"

namespace plugbroker::harness {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

/// A pool of the sample worker with one of its routes.
PoolText pool_with_token(const std::string& token, const std::string& route) {
  PoolText pool = documents_pool();
  pool.name = token;
  pool.routes = {route};
  pool.settings["token"] = token;
  return pool;
}

bool runs_under_wine() {
  return GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version") != nullptr;
}

/// How many privileges a process holds.
DWORD privileges_of(std::uint32_t process_id) {
  const WindowsHandle process(OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, process_id));
  if (!process) throw_last_error("OpenProcess");
  HANDLE opened = nullptr;
  if (!OpenProcessToken(process.get(), TOKEN_QUERY, &opened)) throw_last_error("OpenProcessToken");
  const WindowsHandle token(opened);
  std::vector<std::byte> bytes(16 * 1024);
  DWORD size = 0;
  if (!GetTokenInformation(token.get(), TokenPrivileges, bytes.data(), static_cast<DWORD>(bytes.size()), &size)) {
    throw_last_error("GetTokenInformation");
  }
  return reinterpret_cast<const TOKEN_PRIVILEGES*>(bytes.data())->PrivilegeCount;
}

TEST(WorkerTokens, EachKindAnswersACall) {
  InstalledService service({.pools = {pool_with_token("restricted", "echo"),
                                      pool_with_token("sandbox", "markdown.to_html"),
                                      pool_with_token("inherit", "text.stats")}});
  service.start();

  EXPECT_EQ(call(service, "echo", "said").reply, "said");
  EXPECT_THAT(call(service, "markdown.to_html", "# It *works*").reply, HasSubstr("It <em>works</em>"));
  EXPECT_EQ(call(service, "text.stats", "one two").status, "ok");
}

TEST(WorkerTokens, ServiceAndWorkersHoldOnePrivilege) {
  InstalledService service(
      {.pools = {pool_with_token("restricted", "echo"), pool_with_token("sandbox", "text.stats")}});
  service.start();

  EXPECT_EQ(privileges_of(service.process_id()), 1u);
  EXPECT_EQ(privileges_of(service.workers("restricted").at(0)), 1u);
  EXPECT_EQ(privileges_of(service.workers("sandbox").at(0)), 1u);
  service.wait_for_log_line({"process_hardened", "SeChangeNotifyPrivilege alone"});
}

TEST(WorkerTokens, WhatTheSystemDoesNotEnforceIsInTheLogOnceAndInTheStatus) {
  if (!runs_under_wine()) GTEST_SKIP() << "Windows: it does all";
  InstalledService service({.pools = {pool_with_token("restricted", "echo")}});
  service.start();

  const Finished shown = service.administer({"status"});

  EXPECT_THAT(shown.output, HasSubstr("NOT ENFORCED by this system: restricted: "));
  EXPECT_EQ(service.logged({"worker_not_confined", "pool=restricted", "integrity is high, not medium"}, 1), 1u);
}

TEST(WorkerTokens, AStrictServiceStartsNoWorkerWhoseTokenIsNotWhatWasAskedFor) {
  if (!runs_under_wine()) GTEST_SKIP() << "Windows: it does all";
  InstalledService service({.pools = {pool_with_token("restricted", "echo")}, .top = {{"token_check", "strict"}}});
  service.start_without_ready_workers();

  const CallReport told = call(service, "echo", "x", std::chrono::seconds{5});

  EXPECT_NE(told.status, "ok");
  EXPECT_FALSE(told.worker_received);
  service.wait_for_log_line({"worker_start_failed", "pool=restricted", "token_check"});
  EXPECT_THAT(service.workers("restricted"), IsEmpty());
}

TEST(WorkerTokens, AStrictServiceStartsOneThatInherits) {
  InstalledService service({.pools = {pool_with_token("inherit", "echo")}, .top = {{"token_check", "strict"}}});
  service.start();

  EXPECT_EQ(call(service, "echo", "said").reply, "said");
}

}  // namespace
}  // namespace plugbroker::harness
