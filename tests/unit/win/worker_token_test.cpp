// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/worker_token.h"

#include <gmock/gmock.h>

#include "broker_core/win/service_sid.h"
#include "broker_core/win/token_information.h"
#include "broker_core/win/utf16.h"
#include "broker_core/win/worker_launcher.h"
#include "tests/scratch_folder.h"
#include "tests/unit/win/process_bench.h"
#include "tests/unit/win/recorded_starts.h"

namespace plugbroker::win {
namespace {

using runtime::TokenCheck;
using runtime::TokenKind;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr const char* pool_documents = "S-1-5-80-2496967126-2830746183-1194657699-2471436662-2997608440";

LaunchSpec child(TokenKind token, std::vector<std::string> arguments = {"exit", "0"}) {
  LaunchSpec spec;
  spec.pool = "documents";
  spec.command = {test::child_program()};
  spec.command.insert(spec.command.end(), arguments.begin(), arguments.end());
  spec.token = token;
  return spec;
}

/// One start, with the calls that it makes.
class TokenRequests : public testing::Test {
 protected:
  Result<LaunchedWorker> launch(TokenKind kind, TokenCheck check = TokenCheck::report) {
    return launch_worker(child(kind), WorkerId{1},
                         {.service_name = "PlugBroker", .sandbox_root = scratch_.path() / "s", .token_check = check});
  }

  const test::ScratchFolder scratch_;
  test::RecordedStarts starts_;
};

TEST_F(TokenRequests, OfARestrictedWorkerAreMadeAndReadBackBeforeItRuns) {
  const auto launched = launch(TokenKind::restricted);

  ASSERT_TRUE(launched.ok()) << launched.status().message;
  EXPECT_THAT(starts_.calls,
              ElementsAre("CreateRestrictedToken", "SetTokenInformation TokenIntegrityLevel",
                          "SetTokenInformation TokenDefaultDacl", "CreateProcessAsUserW suspended",
                          "OpenProcessToken of the worker", "ResumeThread"));
  EXPECT_EQ(starts_.filter_flags, DWORD{DISABLE_MAX_PRIVILEGE});
  EXPECT_THAT(starts_.deny_only, ElementsAre("S-1-5-32-544"));
  EXPECT_THAT(starts_.restricting, IsEmpty());
  EXPECT_EQ(starts_.integrity_sid, "S-1-16-8192");
}

TEST_F(TokenRequests, DeleteEveryPrivilegeButOneByNameToo) {
  const auto own = token_privileges(open_own_token(TOKEN_QUERY)->get());
  const auto launched = launch(TokenKind::restricted);

  ASSERT_TRUE(launched.ok()) << launched.status().message;
  EXPECT_EQ(starts_.privileges_deleted, own->size() - 1);
}

TEST_F(TokenRequests, OfASandboxRestrictWhatItMayWriteToItsPool) {
  const auto launched = launch(TokenKind::sandbox);

  ASSERT_TRUE(launched.ok()) << launched.status().message;
  EXPECT_EQ(starts_.filter_flags, DWORD{DISABLE_MAX_PRIVILEGE | WRITE_RESTRICTED});
  EXPECT_THAT(starts_.deny_only, ElementsAre("S-1-5-32-544"));
  EXPECT_THAT(starts_.restricting, ElementsAre(pool_documents, StartsWith("S-1-5-5-"), "S-1-1-0", "S-1-5-33"));
  EXPECT_EQ(starts_.integrity_sid, "S-1-16-8192");
}

TEST_F(TokenRequests, AreNoneOfAWorkerThatInherits) {
  const auto launched = launch(TokenKind::inherit, TokenCheck::strict);

  ASSERT_TRUE(launched.ok()) << launched.status().message;
  EXPECT_THAT(starts_.calls, ElementsAre("CreateProcessW suspended", "ResumeThread"));
  EXPECT_THAT(launched->shortfalls, IsEmpty());
}

TEST_F(TokenRequests, ThatTheSystemIgnoredEndAStrictStartBeforeTheWorkerRuns) {
  starts_.worker_has_our_token = true;

  const auto launched = launch(TokenKind::restricted, TokenCheck::strict);

  ASSERT_FALSE(launched.ok());
  EXPECT_THAT(launched.status().message, HasSubstr("its token is not the one that was asked for: it holds "));
  EXPECT_THAT(launched.status().message, HasSubstr("token_check"));
  EXPECT_EQ(starts_.calls.back(), "OpenProcessToken of the worker");
  EXPECT_EQ(WaitForSingleObject(starts_.worker.get(), test::hang_guard_milliseconds), DWORD{WAIT_OBJECT_0});
}

TEST_F(TokenRequests, ThatTheSystemIgnoredAreReportedOfAWorkerThatRunsAllTheSame) {
  starts_.worker_has_our_token = true;

  const auto launched = launch(TokenKind::restricted, TokenCheck::report);

  ASSERT_TRUE(launched.ok()) << launched.status().message;
  EXPECT_EQ(starts_.calls.back(), "ResumeThread");
  EXPECT_THAT(launched->shortfalls, testing::Contains(StartsWith("it holds ")));
}

TEST_F(TokenRequests, ThatTheSystemObeyedLetAStrictStartGoOn) {
  if (test::runs_under_wine()) GTEST_SKIP() << "Wine: lowered integrity is ignored";

  EXPECT_TRUE(launch(TokenKind::restricted, TokenCheck::strict).ok());
  EXPECT_TRUE(launch(TokenKind::sandbox, TokenCheck::strict).ok());
}

TEST(PoolSid, IsThatOfAServiceNamedAfterServiceAndPool) {
  EXPECT_EQ(*pool_sid("PlugBroker", "documents"), pool_documents);
  EXPECT_EQ(*pool_sid("PLUGBROKER", "Documents"), pool_documents);
  EXPECT_NE(*pool_sid("PlugBroker2", "documents"), pool_documents);
  EXPECT_NE(*pool_sid("PlugBroker", "documents2"), pool_documents);
}

class WorkerTokenTest : public test::ProcessBench {
 protected:
  void SetUp() override { options_.confinement.sandbox_root = scratch_.path() / "sandboxes"; }

  const test::ScratchFolder scratch_;
};

TEST_F(WorkerTokenTest, ARestrictedWorkerHoldsOnePrivilegeAndNoRightOfAdministrators) {
  use(child(TokenKind::restricted, {"token"}));

  EXPECT_THAT(sentence_of(start()),
              AnyOf(StartsWith("1 privilege, Administrators deny"), StartsWith("1 privilege, Administrators absent")));
}

TEST_F(WorkerTokenTest, ASandboxedWorkerHoldsOnePrivilegeAndNoRightOfAdministrators) {
  use(child(TokenKind::sandbox, {"token"}));

  EXPECT_THAT(sentence_of(start()),
              AnyOf(StartsWith("1 privilege, Administrators deny"), StartsWith("1 privilege, Administrators absent")));
}

TEST_F(WorkerTokenTest, AWorkerRunsAtMediumIntegrityAtMost) {
  if (test::runs_under_wine()) GTEST_SKIP() << "Wine: lowered integrity is ignored";
  use(child(TokenKind::restricted, {"token"}));

  EXPECT_THAT(sentence_of(start()), HasSubstr("integrity 8192"));
}

TEST_F(WorkerTokenTest, ASandboxedWorkerWritesInItsOwnFolderOnly) {
  if (test::runs_under_wine()) GTEST_SKIP() << "Wine: restricting SIDs are ignored";
  const auto outside = scratch_.path() / "outside";
  std::filesystem::create_directory(outside);
  use(child(TokenKind::sandbox, {"write", to_utf8((outside / "a").native())}));
  EXPECT_EQ(run(), DWORD{ERROR_ACCESS_DENIED});

  const auto inside = scratch_.path() / "sandboxes" / "pool-documents-files" / "data" / "a";
  use(child(TokenKind::sandbox, {"write", to_utf8(inside.native())}));
  EXPECT_EQ(run(), 0u);
}

TEST_F(WorkerTokenTest, ASandboxHasATemporaryAndADataFolderOfItsOwn) {
  const std::string own = to_utf8((scratch_.path() / "sandboxes" / "pool-documents-files").native());

  for (const auto& [name, folder] : {std::pair{"TEMP", "temp"}, {"TMP", "temp"}, {"PLUGBROKER_DATA", "data"}}) {
    use(child(TokenKind::sandbox, {"variable", name}));
    EXPECT_EQ(sentence_of(start()), own + "\\" + folder) << name;
  }
}

TEST_F(WorkerTokenTest, OnlyASandboxHasFoldersOfItsOwn) {
  use(child(TokenKind::restricted, {"variable", "PLUGBROKER_DATA"}));
  EXPECT_EQ(sentence_of(start()), "(none)");
  EXPECT_FALSE(std::filesystem::exists(scratch_.path() / "sandboxes"));
}

TEST_F(WorkerTokenTest, WhatTheSystemDidNotDoIsLoggedOnceAndKeptForTheStatus) {
  if (!test::runs_under_wine()) GTEST_SKIP() << "Windows: it does all";
  use(child(TokenKind::sandbox));

  EXPECT_EQ(run(), 0u);
  EXPECT_EQ(run(), 0u);

  EXPECT_EQ(log_.of_event("worker_not_confined").size(), 2u);
  EXPECT_THAT(host_->shortfalls(),
              ElementsAre("documents: started although its token is not the one that was asked for: its integrity is "
                          "high, not medium",
                          "documents: started although its token is not the one that was asked for: the system does "
                          "not say which SIDs restrict it"));
}

TEST_F(WorkerTokenTest, AStrictHostReportsTheWorkerAsNotStarted) {
  if (!test::runs_under_wine()) GTEST_SKIP() << "Windows: it does all";
  options_.confinement.token_check = TokenCheck::strict;
  use(child(TokenKind::restricted));

  const WorkerId worker = start();
  serve_processes_until([&] { return processes_.failures.contains(worker); });

  EXPECT_THAT(processes_.failures[worker], HasSubstr("its integrity is high, not medium"));
}

}  // namespace
}  // namespace plugbroker::win
