// SPDX-License-Identifier: Apache-2.0
// The checks of the attack tests fail when something is wrong: each made wrong on purpose.
#include <gmock/gmock.h>

#include "tests/integration/harness/own_account.h"
#include "tests/integration/harness/process_counts.h"
#include "tests/integration/harness/raw_pipe_client.h"
#include "tests/integration/hostile/hostile_scene.h"

namespace plugbroker::hostile {
namespace {

using harness::private_bytes;
using harness::RawPipeClient;
using harness::WindowsHandle;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
namespace wire = harness::wire;

/// What is left on purpose does not go away by waiting.
constexpr std::chrono::milliseconds impatient{500};

class HostileCheck : public HostileScene {
 protected:
  /// Leaves memory in the service's process, as a forgotten buffer would be; written to, since only then it counts.
  void leave_memory(std::size_t bytes) {
    const WindowsHandle process(OpenProcess(PROCESS_VM_OPERATION | PROCESS_VM_WRITE, FALSE, service().process_id()));
    ASSERT_TRUE(process);
    void* const memory = VirtualAllocEx(process.get(), nullptr, bytes, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    ASSERT_NE(memory, nullptr);
    const std::vector<char> content(bytes, 'x');
    SIZE_T written = 0;
    ASSERT_TRUE(WriteProcessMemory(process.get(), memory, content.data(), bytes, &written));
  }
};

TEST_F(HostileCheck, SeesMemoryThatIsLeft) {
  start();
  const std::uint64_t before = private_bytes(service().process_id());
  EXPECT_THAT(memory_left_by(service(), before, impatient), IsEmpty());

  leave_memory(2 * memory_allowance);

  EXPECT_THAT(memory_left_by(service(), before, impatient), ElementsAre(StartsWith("memory: ")));
}

TEST_F(HostileCheck, SeesASessionAndACallThatAreLeftByAnAttack) {
  patience_ = impatient;
  start();
  std::vector<RawPipeClient> left;

  const Aftermath aftermath = survive(
      [&] {
        RawPipeClient& client = left.emplace_back(service().pipe());
        client.open_session();
        client.send(wire::request_frame(1, "hostile.hold", {}));
      },
      [] {});

  EXPECT_THAT(aftermath.leaks, Contains(StartsWith("sessions: ")));
  EXPECT_THAT(aftermath.leaks, Contains(StartsWith("handles: ")));
  EXPECT_THAT(aftermath.leaks, Contains(StartsWith("calls in progress: ")));
}

TEST_F(HostileCheck, SeesAnAdminPipeThatDoesNotAnswer) {
  AdminProbe nobody(R"(\\.\pipe\there-is-no-such-pipe)");

  const AdminTimes found = nobody.stop();

  EXPECT_THAT(found.answers, IsEmpty());
  EXPECT_THAT(found.failures, testing::Not(IsEmpty()));
}

TEST_F(HostileCheck, SeesALineOfTheLogThatWasForged) {
  std::vector<std::string> malformed;
  const std::vector<LogLine> lines = read_log(
      "2026-01-01T00:00:00.000Z error worker_exited pool=p worker=3 process=7 image=\"C:\\\\x y.exe\" message=\"a \\\" "
      "b\"\n"
      "FORGED\n"
      "2026-01-01T00:00:00.000Z fatal stopped\n"
      "2026-01-01T00:00:00.000Z error stopped message=\"open\n"
      "2026-01-01T00:00:00.000Z error stopped message=\"x\" session=1\n"
      "2026-01-01T00:00:00.000Z error stopped session=1 session=1\n"
      "2026-01-01T00:00:00.000Z error stopped user=me\n"
      "2026-01-01T00:00:00.000Z error stop",
      malformed);

  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(lines[0].field("process"), "7");
  EXPECT_EQ(lines[0].field("message"), "a \\\" b");
  EXPECT_THAT(malformed, SizeIs(6));
}

}  // namespace
}  // namespace plugbroker::hostile
