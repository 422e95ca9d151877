// SPDX-License-Identifier: Apache-2.0
#include "service/self_probe.h"

#include <gmock/gmock.h>

#include <span>
#include <thread>
#include <vector>

#include "broker_core/base/limits.h"
#include "broker_core/protocol/frame_writer.h"
#include "broker_core/win/random_bytes.h"
#include "broker_core/win/unique_handle.h"
#include "broker_core/win/utf16.h"

namespace plugbroker::service {
namespace {

using testing::HasSubstr;
using Verdict = ProbeResult::Verdict;

std::vector<std::byte> answer(Status result) {
  std::vector<std::byte> bytes;
  protocol::FrameWriter writer(bytes);
  protocol::HelloAck ack;
  ack.result = std::move(result);
  ack.wire_version = protocol::highest_wire_version;
  writer.hello_ack(ack);
  return bytes;
}

/// One instance of a pipe, with somebody behind it or not.
class SelfProbeTest : public testing::Test {
 protected:
  SelfProbeTest()
      : name_(LR"(\\.\pipe\PlugBroker-SelfProbeTest-)" + win::random_name()),
        stop_(CreateEventW(nullptr, TRUE, FALSE, nullptr)) {}
  ~SelfProbeTest() override {
    if (server_.joinable()) server_.join();
  }

  void make_pipe() {
    pipe_ = win::UniqueHandle{
        CreateNamedPipeW(name_.c_str(), PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 65536, 65536, 0, nullptr)};
    ASSERT_TRUE(pipe_);
  }
  /// Somebody reads the HELLO and answers with these bytes; nothing: he goes away.
  void serve(std::vector<std::byte> bytes) {
    make_pipe();
    server_ = std::thread([this, bytes = std::move(bytes)] {
      ConnectNamedPipe(pipe_.get(), nullptr);
      std::vector<std::byte> buffer(8192);
      DWORD size = 0;
      ReadFile(pipe_.get(), buffer.data(), static_cast<DWORD>(buffer.size()), &size, nullptr);
      if (!bytes.empty()) {
        WriteFile(pipe_.get(), bytes.data(), static_cast<DWORD>(bytes.size()), &size, nullptr);
        ReadFile(pipe_.get(), buffer.data(), static_cast<DWORD>(buffer.size()), &size, nullptr);
      }
      pipe_.reset();
    });
  }
  ProbeResult probe() {
    return SelfProbe{{.pipe = win::to_utf8(name_),
                      .stop_requested = stop_.get(),
                      .loop_is_alive =
                          [this] {
                            ++asked_;
                            return loop_is_alive_;
                          },
                      .patience = patience_}}
        .run();
  }

  std::wstring name_;
  win::UniqueHandle stop_;
  win::UniqueHandle pipe_;
  std::thread server_;
  Duration patience_ = limits::self_probe_patience;
  bool loop_is_alive_ = true;
  int asked_ = 0;
};

TEST_F(SelfProbeTest, IsAnsweredByAService) {
  serve(answer({}));

  EXPECT_EQ(probe().verdict, Verdict::answered);
}

TEST_F(SelfProbeTest, TakesARefusalForAnAnswer) {
  serve(answer({StatusCode::resource_exhausted, "enough"}));

  EXPECT_EQ(probe().verdict, Verdict::answered);
}

TEST_F(SelfProbeTest, FailsWhenThereIsNoPipeAndNamesIt) {
  const ProbeResult result = probe();

  EXPECT_EQ(result.verdict, Verdict::failed);
  EXPECT_THAT(result.why, HasSubstr(win::to_utf8(name_)));
}

TEST_F(SelfProbeTest, FailsWhenItIsCutOff) {
  serve({});

  EXPECT_EQ(probe().verdict, Verdict::failed);
}

TEST_F(SelfProbeTest, FailsWhenTheAnswerIsNoFrame) {
  serve(std::vector<std::byte>(64, std::byte{'x'}));

  EXPECT_EQ(probe().verdict, Verdict::failed);
}

TEST_F(SelfProbeTest, FailsWhenTheAnswerIsAnotherFrame) {
  std::vector<std::byte> bytes;
  protocol::FrameWriter{bytes}.ping(1);
  serve(bytes);

  const ProbeResult result = probe();

  EXPECT_EQ(result.verdict, Verdict::failed);
  EXPECT_THAT(result.why, HasSubstr("can't be understood"));
}

TEST_F(SelfProbeTest, FailsWhenNobodyAnswers) {
  patience_ = std::chrono::milliseconds{50};
  make_pipe();  // Connects by itself; nobody reads.

  const ProbeResult result = probe();

  EXPECT_EQ(result.verdict, Verdict::failed);
  EXPECT_THAT(result.why, HasSubstr("not answered"));
}

TEST_F(SelfProbeTest, IsUndecidedWhenEveryInstanceIsTakenAndTheLoopIsAlive) {
  make_pipe();
  const win::UniqueHandle other{
      CreateFileW(name_.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, 0, nullptr)};
  ASSERT_TRUE(other);

  EXPECT_EQ(probe().verdict, Verdict::undecided);
  EXPECT_EQ(asked_, 1);
}

TEST_F(SelfProbeTest, FailsWhenEveryInstanceIsTakenAndTheLoopHangs) {
  loop_is_alive_ = false;
  make_pipe();
  const win::UniqueHandle other{
      CreateFileW(name_.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, 0, nullptr)};

  const ProbeResult result = probe();

  EXPECT_EQ(result.verdict, Verdict::failed);
  EXPECT_THAT(result.why, HasSubstr("hangs"));
}

TEST_F(SelfProbeTest, IsBrokenOffByAStop) {
  make_pipe();
  SetEvent(stop_.get());

  EXPECT_EQ(probe().verdict, Verdict::undecided);
}

}  // namespace
}  // namespace plugbroker::service
