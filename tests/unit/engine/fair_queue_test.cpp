// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/fair_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace plugbroker::engine {
namespace {

using namespace std::chrono_literals;

constexpr CallerId noisy{1};
constexpr CallerId quiet{2};
constexpr CallerId third{3};

/// Calls with names, in a queue.
class FairQueueTest : public ::testing::Test {
 protected:
  Call& add(std::string_view name, CallerId caller) {
    Call& call = calls_.emplace_back();
    call.route = name;
    queue.push_back(call, caller, now);
    return call;
  }

  /// The names in the order in which they are served.
  std::string serve_all() {
    std::string names;
    while (!queue.empty()) names.append(queue.take_front(now).route).append(" ");
    return names;
  }

  TimePoint now{1s};
  std::deque<Call> calls_;
  FairQueue queue;
};

TEST_F(FairQueueTest, LetsCallersTakeTurnsAndServesEachInItsOrder) {
  for (const char* name : {"n1", "n2", "n3", "n4"}) add(name, noisy);
  add("q1", quiet);
  add("t1", third);
  add("q2", quiet);

  EXPECT_EQ(queue.size(), 7u);
  EXPECT_EQ(serve_all(), "n1 q1 t1 n2 q2 n3 n4 ");
  EXPECT_EQ(queue.size(), 0u);
}

TEST_F(FairQueueTest, GivesACallerThatComesAgainItsTurnAfterTheOthers) {
  add("n1", noisy);
  add("n2", noisy);
  add("q1", quiet);
  Call& first = queue.take_front(now);

  add("n3", noisy);

  EXPECT_EQ(first.route, "n1");
  EXPECT_EQ(serve_all(), "q1 n2 n3 ");
}

TEST_F(FairQueueTest, PutsACallBackAsItsCallersFirstAtOnce) {
  add("n1", noisy);
  add("n2", noisy);
  add("q1", quiet);
  Call& given = queue.take_front(now);

  queue.push_front(given, noisy, now);

  EXPECT_EQ(serve_all(), "n1 q1 n2 ");
}

TEST_F(FairQueueTest, LeavesTheTurnsAsTheyAreWhenACallEnds) {
  Call& ends = add("n1", noisy);
  add("n2", noisy);
  Call& only = add("q1", quiet);
  add("t1", third);

  queue.erase(ends);
  queue.erase(only);

  EXPECT_EQ(serve_all(), "n2 t1 ");
}

TEST_F(FairQueueTest, IsWalkedThroughCallerByCaller) {
  add("n1", noisy);
  add("q1", quiet);
  add("n2", noisy);
  std::string names;

  for (const Call* call = queue.front(); call != nullptr; call = FairQueue::next(*call)) names += call->route;

  EXPECT_EQ(names, "n1n2q1");
}

TEST_F(FairQueueTest, LetsTheNewestCallOfTheCallerWithTheMostGiveWay) {
  add("n1", noisy);
  add("n2", noisy);
  Call& newest = add("n3", noisy);
  add("q1", quiet);

  EXPECT_EQ(queue.to_evict_for(quiet), &newest);
  EXPECT_EQ(queue.to_evict_for(third), &newest);
}

TEST_F(FairQueueTest, LetsNobodyGiveWayForAShareThatIsNoMoreEven) {
  EXPECT_EQ(queue.to_evict_for(noisy), nullptr);
  add("n1", noisy);
  EXPECT_EQ(queue.to_evict_for(quiet), nullptr);
  add("n2", noisy);
  add("q1", quiet);

  EXPECT_EQ(queue.to_evict_for(quiet), nullptr);
  EXPECT_EQ(queue.to_evict_for(noisy), nullptr);
}

TEST_F(FairQueueTest, ComesToEvenSharesWhenEverybodyWantsAll) {
  for (int i = 0; i < 9; ++i) add("n", noisy);
  int evicted = 0;

  for (int i = 0; i < 20; ++i) {
    for (const CallerId caller : {quiet, third, noisy}) {
      Call* gives_way = queue.to_evict_for(caller);
      if (gives_way == nullptr) continue;
      queue.erase(*gives_way);
      add(caller == quiet ? "q" : "t", caller);
      ++evicted;
    }
  }

  EXPECT_EQ(evicted, 6);
  EXPECT_EQ(serve_all(), "n q t n q t n q t ");
}

TEST_F(FairQueueTest, KnowsTheLongestWaitAlsoOfCallsThatWerePutBack) {
  Call& given = add("n1", noisy);
  now += 2s;
  (void)queue.take_front(now);
  now += 10s;
  add("n2", noisy);
  add("q1", quiet);
  now += 1s;
  EXPECT_EQ(queue.longest_wait(now), 1s);

  queue.push_front(given, noisy, now);
  EXPECT_EQ(given.waited, 2s);
  EXPECT_EQ(queue.longest_wait(now), 2s);
  now += 1s;

  EXPECT_EQ(queue.longest_wait(now), 3s);
  EXPECT_EQ(queue.take_front(now).waited, 3s);
  EXPECT_EQ(queue.longest_wait(now), 2s);
}

TEST_F(FairQueueTest, ExpectsOfACallerWhatItsFirstCallHasWaited) {
  EXPECT_EQ(queue.expected_wait(noisy, now), 0s);
  add("n1", noisy);
  now += 2s;
  add("q1", quiet);
  now += 1s;

  EXPECT_EQ(queue.expected_wait(noisy, now), 3s);
  EXPECT_EQ(queue.expected_wait(quiet, now), 1s);
  EXPECT_EQ(queue.expected_wait(third, now), 3s);
}

/// The same queue, written down without any care for speed.
struct PlainQueue {
  struct Lane {
    CallerId caller;
    std::deque<Call*> calls;
  };
  std::deque<Lane> turns;

  Lane& lane_of(CallerId caller) {
    const auto place = std::ranges::find(turns, caller, &Lane::caller);
    return place != turns.end() ? *place : turns.emplace_back(Lane{caller, {}});
  }
  void to_front(CallerId caller) {
    const auto place = std::ranges::find(turns, caller, &Lane::caller);
    std::rotate(turns.begin(), place, place + 1);
  }
  Call* take_front() {
    std::rotate(turns.begin(), turns.begin() + 1, turns.end());
    Call* call = turns.back().calls.front();
    erase(*call);
    return call;
  }
  void erase(Call& call) {
    for (Lane& lane : turns) std::erase(lane.calls, &call);
    std::erase_if(turns, [](const Lane& lane) { return lane.calls.empty(); });
  }
  [[nodiscard]] std::size_t held(CallerId caller) const {
    const auto place = std::ranges::find(turns, caller, &Lane::caller);
    return place == turns.end() ? 0 : place->calls.size();
  }
  [[nodiscard]] std::size_t most() const {
    std::size_t count = 0;
    for (const Lane& lane : turns) count = std::max(count, lane.calls.size());
    return count;
  }
};

TEST_F(FairQueueTest, DoesWhatAPlainQueueDoesThroughRandomSteps) {
  std::mt19937_64 random(7);
  PlainQueue plain;
  std::vector<Call*> outside;
  for (int i = 0; i < 60; ++i) outside.push_back(&calls_.emplace_back());

  for (int step = 0; step < 20'000; ++step) {
    const CallerId caller{1 + random() % 6};
    const std::uint64_t what = random() % 5;
    if (what < 2 && !outside.empty()) {
      Call& call = *outside.back();
      outside.pop_back();
      if (what == 0) {
        queue.push_back(call, caller, now);
        plain.lane_of(caller).calls.push_back(&call);
      } else {
        queue.push_front(call, caller, now);
        plain.lane_of(caller).calls.push_front(&call);
        plain.to_front(caller);
      }
    } else if (what == 2 && !queue.empty()) {
      Call& call = queue.take_front(now);
      ASSERT_EQ(&call, plain.take_front());
      outside.push_back(&call);
    } else if (what == 3 && !queue.empty()) {
      Call& call = *plain.turns.back().calls.back();
      queue.erase(call);
      plain.erase(call);
      outside.push_back(&call);
    }
    ASSERT_EQ(queue.size(), 60u - outside.size());
    ASSERT_EQ(queue.front(), plain.turns.empty() ? nullptr : plain.turns.front().calls.front());
    const Call* gives_way = queue.to_evict_for(caller);
    ASSERT_EQ(gives_way != nullptr, plain.most() >= plain.held(caller) + 2);
    if (gives_way == nullptr) continue;
    ASSERT_EQ(plain.held(gives_way->lane->caller), plain.most());
    ASSERT_EQ(plain.lane_of(gives_way->lane->caller).calls.back(), gives_way);
  }
}

}  // namespace
}  // namespace plugbroker::engine
