// SPDX-License-Identifier: Apache-2.0
#include "service/event_log.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "service/event_budget.h"
#include "service/service_limits.h"

namespace plugbroker::service {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class StillClock : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return time; }
  TimePoint time{100s};
};

/// What the event log got, and a gate that keeps it from taking more. Outlives the EventLog.
struct Recorded {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<WindowsEvent> events;
  bool open = true;
  bool somebody_waits = false;

  void write(const WindowsEvent& event) {
    std::unique_lock lock(mutex);
    somebody_waits = !open;
    changed.notify_all();
    changed.wait(lock, [this] { return open; });
    events.push_back(event);
    changed.notify_all();
  }
  void set_open(bool wanted) {
    const std::lock_guard lock(mutex);
    open = wanted;
    changed.notify_all();
  }
  void wait_until_somebody_waits() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return somebody_waits; });
  }
};

class Recorder : public EventWriter {
 public:
  explicit Recorder(std::shared_ptr<Recorded> recorded) : recorded_(std::move(recorded)) {}
  void write(const WindowsEvent& event) override { recorded_->write(event); }

 private:
  std::shared_ptr<Recorded> recorded_;
};

LogRecord record(std::string event, std::string message = "why", std::string pool = {}) {
  return {.event = std::move(event), .message = std::move(message), .pool = std::move(pool)};
}

class EventLogTest : public testing::Test {
 protected:
  EventLogTest() { log_.emplace("Broker", std::make_unique<Recorder>(recorded_), clock_); }

  /// Everything that was written, once all has been.
  const std::vector<WindowsEvent>& written() {
    log_.reset();
    return recorded_->events;
  }
  /// The thread of the event log is stuck in writing an event.
  void block() {
    recorded_->set_open(false);
    log_->write(record("service_ready"));
    recorded_->wait_until_somebody_waits();
  }

  static inline StillClock clock_;
  std::shared_ptr<Recorded> recorded_ = std::make_shared<Recorded>();
  std::optional<EventLog> log_;
};

TEST_F(EventLogTest, WritesALineOfTheLogThatIsInTheTable) {
  log_->write(record("breaker_opened", "5 failures", "markdown"));

  EXPECT_THAT(written(), ElementsAre(WindowsEvent{.whole_id = 3u << 30 | 300,
                                                  .severity = EventSeverity::error,
                                                  .category = static_cast<std::uint16_t>(EventCategory::pools),
                                                  .texts = {"Broker", "5 failures", "markdown"}}));
}

TEST_F(EventLogTest, LeavesEveryOtherLineOut) {
  log_->write(record("worker_started"));
  log_->write(record("call_failed"));

  EXPECT_THAT(written(), IsEmpty());
}

TEST_F(EventLogTest, LetsNoTextFakeALineOrAPlaceOfTheMessage) {
  log_->write(record("service_ready", "a\nb %1 100% %%2 \x1b[0m.", "p\u202e"));

  EXPECT_THAT(written().at(0).texts, ElementsAre("Broker", R"(a\nb \x251 100% \x25\x252 \x1b[0m)", R"(p\u{202e})"));
}

TEST_F(EventLogTest, ClipsALongText) {
  log_->write(record("service_ready", std::string(100'000, 'a')));

  EXPECT_LE(written().at(0).texts.at(1).size(), limits::max_event_text_bytes + 64);
  EXPECT_THAT(written().at(0).texts.at(1), HasSubstr("more bytes"));
}

TEST_F(EventLogTest, LetsNobodyWaitWhileTheEventLogHangsAndCountsWhatIsTooMuch) {
  block();
  for (std::size_t i = 0; i < 1000; ++i) log_->write(record("breaker_opened"));
  recorded_->set_open(true);

  const std::vector<WindowsEvent>& events = written();

  // The one that blocked, the report, and what the budget allowed.
  ASSERT_THAT(events, SizeIs(limits::event_burst + 1));
  EXPECT_EQ(events.at(1).whole_id, find_event(events_left_out)->whole_id());
  EXPECT_EQ(events.at(1).texts.at(1),
            std::to_string(1000 - (limits::event_burst - 1)) + " came faster than they could be written");
}

TEST_F(EventLogTest, WritesTheLastWordOfACrashBeforeWhatWaits) {
  block();
  log_->write(record("breaker_opened"));
  recorded_->set_open(true);

  log_->write_last(record("service_crashed", "broken invariant"));

  const std::vector<WindowsEvent>& events = written();
  ASSERT_THAT(events, SizeIs(3));
  EXPECT_TRUE(events.at(1).whole_id == find_event("service_crashed")->whole_id() ||
              events.at(2).whole_id == find_event("service_crashed")->whole_id());
}

TEST_F(EventLogTest, TheLastWordNeedsNoBudget) {
  for (std::size_t i = 0; i < 2 * limits::event_burst; ++i) log_->write(record("breaker_opened"));

  log_->write_last(record("service_crashed", "broken invariant"));

  EXPECT_EQ(std::ranges::count(written(), find_event("service_crashed")->whole_id(), &WindowsEvent::whole_id), 1);
}

TEST_F(EventLogTest, LeavesAWriterThatHangsBehind) {
  block();

  log_->write_last(record("service_crashed"));
  log_.reset();

  EXPECT_THAT(recorded_->events, IsEmpty());
  recorded_->set_open(true);
}

TEST(EventBudget, HasABurstAndEarnsOneForEachInterval) {
  TimePoint now{10s};
  EventBudget budget{now};
  for (std::uint32_t i = 0; i < limits::event_burst; ++i) EXPECT_TRUE(budget.take(now));
  EXPECT_FALSE(budget.take(now));
  EXPECT_FALSE(budget.take(now + limits::event_interval - 1us));

  now += limits::event_interval;
  EXPECT_TRUE(budget.take(now));
  EXPECT_FALSE(budget.take(now));
  now += 3 * limits::event_interval;
  EXPECT_TRUE(budget.take(now) && budget.take(now) && budget.take(now));
  EXPECT_FALSE(budget.take(now));
}

TEST(EventBudget, NeverHasMoreThanItsBurst) {
  EventBudget budget{TimePoint{}};
  const TimePoint later{1000h};
  std::uint32_t taken = 0;
  while (taken < 10 * limits::event_burst && budget.take(later)) ++taken;

  EXPECT_EQ(taken, limits::event_burst);
}

TEST(WindowsEventLog, TakesAnEventUnderASourceThatIsNotRegistered) {
  const std::unique_ptr<EventWriter> log = open_windows_event_log("PlugBroker-Test");

  log->write({.whole_id = find_event("service_ready")->whole_id(),
              .severity = EventSeverity::information,
              .category = 1,
              .texts = {"a", "b \xE2\x82\xAC", ""}});
}

}  // namespace
}  // namespace plugbroker::service
