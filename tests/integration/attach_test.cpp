// SPDX-License-Identifier: Apache-2.0
// A worker that its author starts, as F5 in an editor does, joins a pool of a service that runs in a terminal.
#include <gmock/gmock.h>
#include <windows.h>
// Needs windows.h before it.
#include <sddl.h>

#include "tests/integration/harness/console_run.h"
#include "tests/integration/harness/text_encoding.h"
#include "tests/integration/harness/windows_handle.h"

namespace plugbroker::harness {
namespace {

using testing::HasSubstr;

/// What a stranger could put in the place of the console's pipe: everybody may use it, and its owner is a group.
WindowsHandle pipe_of_administrators(const std::string& pool) {
  SECURITY_ATTRIBUTES attributes{sizeof(SECURITY_ATTRIBUTES), nullptr, FALSE};
  if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(L"O:BAD:(A;;GA;;;WD)", SDDL_REVISION_1,
                                                            &attributes.lpSecurityDescriptor, nullptr)) {
    throw_last_error("ConvertStringSecurityDescriptorToSecurityDescriptor");
  }
  const std::string name = R"(\\.\pipe\PlugBroker.Attach.)" + pool;
  WindowsHandle pipe(CreateNamedPipeW(widen(name).c_str(), PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE | PIPE_WAIT, 1, 4096,
                                      4096, 0, &attributes));
  const DWORD error = GetLastError();
  LocalFree(attributes.lpSecurityDescriptor);
  SetLastError(error);
  if (!pipe) throw_last_error("CreateNamedPipe " + name);
  return pipe;
}

class Attach : public testing::Test {
 protected:
  /// A pool whose name no other test has: the name of the pipe to attach by is made of it.
  static PoolText pool_named(const std::string& name) {
    PoolText pool = documents_pool();
    pool.name = name;
    return pool;
  }

  /// The sample worker, started by hand.
  ChildProcess start_worker() {
    return ChildProcess({.program = stage() / "workers" / "documents" / "Documents.exe",
                         .arguments = {},
                         .output = console_.folder() / widen("worker" + std::to_string(++workers_) + ".txt"),
                         .environment = {{"PLUGBROKER_ATTACH", pool_}, {"DOTNET_EnableWriteXorExecute", "0"}}});
  }

  const std::string pool_ = TestFolder().name();
  ConsoleRun console_{{pool_named(pool_)}};
  unsigned workers_ = 0;
};

TEST_F(Attach, AWorkerStartedByHandServesThePoolAndAfterItsEndTheNextOneDoes) {
  console_.start({"--attach", pool_});
  ChildProcess early_call = console_.start_call("echo", "asked before there was a worker");

  ChildProcess first = start_worker();
  EXPECT_EQ(early_call.wait(), 0u);
  EXPECT_EQ(early_call.output(), "asked before there was a worker");
  first.kill();
  console_.wait_for_log("worker_detached");
  const ChildProcess second = start_worker();
  const Finished answer = console_.call("echo", "asked the second worker");

  EXPECT_EQ(answer.exit_code, 0u);
  EXPECT_EQ(answer.output, "asked the second worker");
  EXPECT_TRUE(second.running());
  EXPECT_THAT(console_.log(), testing::Not(HasSubstr("worker_started")));
  EXPECT_THAT(console_.log(), testing::Not(HasSubstr("pool_backing_off")));
}

TEST_F(Attach, AWorkerStartedFirstWaitsForTheConsoleAndEndsWithIt) {
  ChildProcess worker = start_worker();

  console_.start({"--attach", pool_});
  const Finished answer = console_.call("echo", "question");
  console_.kill();

  EXPECT_EQ(answer.output, "question");
  EXPECT_EQ(worker.wait(), 0u);
}

TEST_F(Attach, AWorkerTellsNothingToAPipeThatBelongsToSomebodyElse) {
  constexpr std::uint32_t channel_broken = 66;
  const WindowsHandle pipe = pipe_of_administrators(pool_);
  ChildProcess worker = start_worker();

  const std::uint32_t exit_code = worker.wait();
  DWORD bytes_from_worker = 0;
  PeekNamedPipe(pipe.get(), nullptr, 0, nullptr, &bytes_from_worker, nullptr);

  EXPECT_EQ(exit_code, channel_broken);
  EXPECT_THAT(worker.output(), HasSubstr("belongs to somebody else"));
  EXPECT_EQ(bytes_from_worker, 0u);
}

TEST_F(Attach, IsRefusedForAPoolThatIsNotThereAndUnderTheServiceControlManager) {
  constexpr std::uint32_t usage = 2;

  const Finished no_pool = console_.start_in_vain("console", {"--attach", "nowhere"});
  const Finished as_service = console_.start_in_vain("run", {"--attach", pool_});

  EXPECT_EQ(no_pool.exit_code, usage);
  EXPECT_THAT(no_pool.output, HasSubstr("no pool \"nowhere\""));
  EXPECT_EQ(as_service.exit_code, usage);
  EXPECT_THAT(as_service.output, HasSubstr("--attach is for console"));
}

}  // namespace
}  // namespace plugbroker::harness
