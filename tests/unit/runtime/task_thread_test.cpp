// SPDX-License-Identifier: Apache-2.0
#include "broker_core/runtime/task_thread.h"

#include <gmock/gmock.h>

#include <future>
#include <thread>
#include <vector>

namespace plugbroker::runtime {
namespace {

using ::testing::ElementsAre;

TEST(TaskThread, DoesTasksInTheirOrderOnAnotherThread) {
  std::vector<int> done;
  std::promise<std::thread::id> last;
  TaskThread thread(3);

  EXPECT_TRUE(thread.run([&] { done.push_back(1); }));
  EXPECT_TRUE(thread.run([&] { done.push_back(2); }));
  EXPECT_TRUE(thread.run([&] { last.set_value(std::this_thread::get_id()); }));

  EXPECT_NE(last.get_future().get(), std::this_thread::get_id());
  EXPECT_THAT(done, ElementsAre(1, 2));
}

TEST(TaskThread, TakesNoMoreThanMayWait) {
  std::promise<void> started;
  std::promise<void> go_on;
  TaskThread thread(1);
  EXPECT_TRUE(thread.run([&] {
    started.set_value();
    go_on.get_future().wait();
  }));
  started.get_future().wait();

  EXPECT_TRUE(thread.run([] {}));
  EXPECT_FALSE(thread.run([] {}));
  go_on.set_value();
}

TEST(TaskThread, WaitsForTheTaskAtHandWhenItEnds) {
  std::vector<int> done;
  std::promise<void> started;
  {
    TaskThread thread(2);
    EXPECT_TRUE(thread.run([&] {
      started.set_value();
      done.push_back(1);
    }));
    started.get_future().wait();
  }

  EXPECT_THAT(done, ElementsAre(1));
}

}  // namespace
}  // namespace plugbroker::runtime
