// SPDX-License-Identifier: Apache-2.0
#include "broker_core/log/queued_log.h"

#include <Poco/Event.h>
#include <Poco/Exception.h>
#include <Poco/Message.h>
#include <gmock/gmock.h>

#include <thread>

#include "broker_core/log/log_fanout.h"

namespace plugbroker::log {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

/// Keeps lines; the first one waits until the gate opens, lines with "throw" fail.
class RecordingChannel : public Poco::Channel {
 public:
  void log(const Poco::Message& message) override {
    entered.set();
    gate.wait();
    if (message.getText().find("throw") != std::string::npos) throw Poco::WriteFileException("disk full");
    lines.push_back(message.getText());
  }

  Poco::Event gate{Poco::Event::EVENT_MANUALRESET};
  Poco::Event entered;
  std::vector<std::string> lines;
};

WallTime epoch() {
  return {};
}

TEST(QueuedLog, WritesLinesInOrder) {
  Poco::AutoPtr<RecordingChannel> channel{new RecordingChannel};
  channel->gate.set();
  {
    QueuedLog log{channel, {.wall_clock = epoch}};
    log.write({.event = "first"});
    log.write({.event = "second"});
  }
  EXPECT_THAT(channel->lines,
              ElementsAre("1970-01-01T00:00:00.000Z information first", "1970-01-01T00:00:00.000Z information second"));
}

TEST(QueuedLog, LeavesOutWhatIsBelowItsLevel) {
  Poco::AutoPtr<RecordingChannel> channel{new RecordingChannel};
  channel->gate.set();
  {
    QueuedLog log{channel, {.level = LogLevel::warning, .wall_clock = epoch}};
    log.write({.level = LogLevel::information, .event = "quiet"});
    log.write({.level = LogLevel::warning, .event = "loud"});
  }
  EXPECT_THAT(channel->lines, ElementsAre(EndsWith("warning loud")));
}

TEST(QueuedLog, NeverWaitsForAStuckTargetAndReportsWhatItDropped) {
  Poco::AutoPtr<RecordingChannel> channel{new RecordingChannel};
  {
    QueuedLog log{channel, {.max_queued_bytes = 1000, .wall_clock = epoch}};
    log.write({.event = "first"});
    channel->entered.wait();
    for (int i = 0; i < 100; ++i) log.write({.event = "flood"});
    EXPECT_EQ(log.dropped(), 92u);
    channel->gate.set();
  }
  ASSERT_EQ(channel->lines.size(), 10u);
  EXPECT_THAT(channel->lines[0], EndsWith("information first"));
  EXPECT_THAT(channel->lines[1], HasSubstr("warning log_lines_dropped message=\"92 log lines were lost"));
  EXPECT_THAT(channel->lines[2], EndsWith("information flood"));
}

TEST(QueuedLog, GoesOnAfterATargetThatThrows) {
  Poco::AutoPtr<RecordingChannel> channel{new RecordingChannel};
  channel->gate.set();
  {
    QueuedLog log{channel, {.wall_clock = epoch}};
    log.write({.event = "throw"});
    log.write({.event = "after"});
  }
  EXPECT_THAT(channel->lines, ElementsAre(HasSubstr("log_lines_dropped message=\"1 log lines"), EndsWith("after")));
}

TEST(QueuedLog, TakesLinesFromManyThreads) {
  Poco::AutoPtr<RecordingChannel> channel{new RecordingChannel};
  channel->gate.set();
  {
    QueuedLog log{channel, {.wall_clock = epoch}};
    std::vector<std::jthread> threads;
    for (std::uint64_t id = 1; id <= 4; ++id) {
      threads.emplace_back([&log, id] {
        for (int i = 0; i < 500; ++i) log.write({.event = "e", .worker = id});
      });
    }
  }
  EXPECT_EQ(channel->lines.size(), 2000u);
}

class CountingSink : public LogSink {
 public:
  explicit CountingSink(int& count) : count_(count) {}
  void write(const LogRecord&) override { ++count_; }

 private:
  int& count_;
};

TEST(LogFanout, HandsEachRecordToEverySink) {
  int count = 0;
  std::vector<std::unique_ptr<LogSink>> sinks;
  sinks.push_back(std::make_unique<CountingSink>(count));
  sinks.push_back(std::make_unique<CountingSink>(count));

  LogFanout{std::move(sinks)}.write({.event = "e"});

  EXPECT_EQ(count, 2);
}

}  // namespace
}  // namespace plugbroker::log
