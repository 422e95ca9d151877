// SPDX-License-Identifier: Apache-2.0
// The program that takes dumps, run as the service runs it.
#include <windows.h>

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "broker_core/win/dump_helper.h"
#include "broker_core/win/unique_handle.h"
#include "tests/scratch_folder.h"

namespace plugbroker::service {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using win::DumpKind;
using win::DumpRequest;
using win::UniqueHandle;

/// A process that waits in its first instruction; ended by the destructor.
class SuspendedProcess {
 public:
  SuspendedProcess() {
    std::wstring line = LR"("C:\windows\system32\cmd.exe" /c exit)";
    STARTUPINFOW startup{};
    startup.cb = sizeof startup;
    PROCESS_INFORMATION created{};
    EXPECT_TRUE(CreateProcessW(LR"(C:\windows\system32\cmd.exe)", line.data(), nullptr, nullptr, FALSE,
                               CREATE_SUSPENDED | CREATE_NO_WINDOW, nullptr, nullptr, &startup, &created));
    process_ = UniqueHandle(created.hProcess);
    thread_ = UniqueHandle(created.hThread);
    id_ = created.dwProcessId;
  }
  SuspendedProcess(const SuspendedProcess&) = delete;
  SuspendedProcess& operator=(const SuspendedProcess&) = delete;
  ~SuspendedProcess() { TerminateProcess(process_.get(), 0); }

  [[nodiscard]] DWORD id() const { return id_; }

 private:
  UniqueHandle process_;
  UniqueHandle thread_;
  DWORD id_ = 0;
};

class DumpProgram : public ::testing::Test {
 protected:
  Status dump(DWORD process_id, std::uint64_t max_bytes) {
    const DumpRequest request{.process_id = process_id, .kind = DumpKind::mini, .file = file_, .max_bytes = max_bytes};
    return win::take_dump({std::filesystem::path(PLUGBROKER_DUMP_PROGRAM).make_preferred().native()}, request, 40s,
                          never_.get());
  }

  const test::ScratchFolder scratch_;
  const std::filesystem::path file_ = scratch_.path() / "case" / "worker.dmp";
  const UniqueHandle never_{CreateEventW(nullptr, TRUE, FALSE, nullptr)};
};

TEST_F(DumpProgram, WritesADumpIntoAFolderThatItMakes) {
  const SuspendedProcess process;

  const Status status = dump(process.id(), 100'000'000);

  std::string signature(4, '\0');
  std::ifstream{file_, std::ios::binary}.read(signature.data(), 4);
  EXPECT_TRUE(status.ok()) << status.message;
  EXPECT_EQ(signature, "MDMP");
}

TEST_F(DumpProgram, SaysThatThereIsNoSuchProcess) {
  EXPECT_THAT(dump(0xFFFFFFF0, 100'000'000).message, HasSubstr("can't be opened"));

  EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(DumpProgram, SaysThatTheFileCannotBeMade) {
  const SuspendedProcess process;
  std::filesystem::create_directories(file_);

  EXPECT_THAT(dump(process.id(), 100'000'000).message, HasSubstr("file can't be made"));
}

}  // namespace
}  // namespace plugbroker::service
