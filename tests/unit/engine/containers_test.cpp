// SPDX-License-Identifier: Apache-2.0
// The engine's containers: lists, maps, timers, chunks.
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>
#include <string>

#include "broker_core/engine/chunk_queue.h"
#include "broker_core/engine/command_queue.h"
#include "broker_core/engine/frame_space.h"
#include "broker_core/engine/intrusive_list.h"
#include "broker_core/engine/name_numbers.h"
#include "broker_core/engine/pointer_map.h"
#include "broker_core/engine/timer_queue.h"

namespace plugbroker::engine {
namespace {

using namespace std::chrono_literals;

struct Item {
  int value = 0;
  ListLink<Item> link;
};
using ItemList = IntrusiveList<Item, &Item::link>;

std::string text_of(const ItemList& list) {
  std::string text;
  for (const Item* item = list.front(); item != nullptr; item = list.next(*item)) text += std::to_string(item->value);
  return text;
}

TEST(IntrusiveList, KeepsItsOrderWhereverItemsComeAndGo) {
  std::deque<Item> items;
  for (int value = 1; value <= 4; ++value) items.push_back({value, {}});
  ItemList list;

  list.push_back(items[1]);
  list.push_back(items[2]);
  list.push_front(items[0]);
  list.push_back(items[3]);
  EXPECT_EQ(text_of(list), "1234");
  list.erase(items[1]);
  EXPECT_EQ(text_of(list), "134");
  list.erase(items[0]);
  list.erase(items[3]);
  EXPECT_EQ(text_of(list), "3");
  EXPECT_EQ(list.back(), &items[2]);
  list.erase(items[2]);

  EXPECT_TRUE(list.empty());
  EXPECT_EQ(list.size(), 0u);
}

TEST(PointerMap, FindsExactlyWhatAnOrderedMapFindsThroughRandomChanges) {
  std::mt19937_64 random(1);
  std::deque<int> values(2000);
  std::map<std::pair<std::uint64_t, std::uint64_t>, int*> expected;
  PointerMap<int> map(42);

  for (int step = 0; step < 20'000; ++step) {
    const PairKey key{random() % 20, random() % 100};
    const std::size_t index = static_cast<std::size_t>(key.first * 100 + key.second);
    const auto place = expected.find({key.first, key.second});
    ASSERT_EQ(map.find(key), place == expected.end() ? nullptr : place->second);
    if (place == expected.end()) {
      map.insert(key, values[index]);
      expected[{key.first, key.second}] = &values[index];
    } else {
      map.erase(key);
      expected.erase(place);
    }
    ASSERT_EQ(map.size(), expected.size());
  }
}

TEST(TimerQueue, GivesTimersInTheOrderOfTheirTimeThroughRandomChanges) {
  std::mt19937_64 random(2);
  std::deque<Timer> timers;
  for (int i = 0; i < 200; ++i) timers.emplace_back(TimerOwner{});
  std::map<Timer*, TimePoint> expected;
  TimerQueue queue;

  for (int step = 0; step < 5'000; ++step) {
    Timer& timer = timers[random() % timers.size()];
    const TimePoint due{Duration{static_cast<Duration::rep>(random() % 1000)}};
    const auto what = random() % 6;
    if (what == 0) {
      queue.cancel(timer);
    } else if (what == 1) {
      queue.relax(timer);
    } else {
      queue.set(timer, what == 2 ? far_future : due);
    }
    expected.erase(&timer);
    if (what > 2) expected[&timer] = due;
  }
  TimePoint last{};
  while (queue.next() != far_future) {
    const TimePoint now = queue.next();
    ASSERT_GE(now, last) << "time goes back";
    last = now;
    while (Timer* timer = queue.pop_due(now)) {
      ASSERT_EQ(expected.at(timer), now);
      expected.erase(timer);
    }
  }

  EXPECT_TRUE(expected.empty());
}

TEST(TimerQueue, GivesTimersThatAreDueTogetherTheEarliestFirst) {
  Timer early{TimerOwner{}};
  Timer late{TimerOwner{}};
  TimerQueue queue;
  queue.set(late, TimePoint{1s});
  queue.set(early, TimePoint{2s});
  queue.set(late, TimePoint{3s});  // Keeps the entry of the first second.

  EXPECT_EQ(queue.pop_due(TimePoint{4s}), &early);
  EXPECT_EQ(queue.pop_due(TimePoint{4s}), &late);
  EXPECT_EQ(queue.pop_due(TimePoint{4s}), nullptr);
}

TEST(TimerQueue, KnowsNoTimeWhenItsTimersAreRelaxed) {
  Timer timer{TimerOwner{}};
  TimerQueue queue;
  queue.set(timer, TimePoint{1s});
  queue.relax(timer);

  EXPECT_FALSE(timer.is_set());
  EXPECT_EQ(queue.next(), far_future);
  EXPECT_EQ(queue.pop_due(TimePoint{2s}), nullptr);

  queue.set(timer, TimePoint{4s});
  EXPECT_EQ(queue.pop_due(TimePoint{3s}), nullptr);
  EXPECT_EQ(queue.pop_due(TimePoint{4s}), &timer);
}

TEST(TimerQueue, GivesARelaxedTimerWithItsNewTimeEvenIfThatIsEarlier) {
  Timer timer{TimerOwner{}};
  TimerQueue queue;
  queue.set(timer, TimePoint{9s});
  queue.relax(timer);
  queue.set(timer, TimePoint{1s});

  EXPECT_EQ(queue.next(), TimePoint{1s});
  EXPECT_EQ(queue.pop_due(TimePoint{1s}), &timer);
}

TEST(TimerQueue, GivesNothingBeforeItsTime) {
  Timer timer{TimerOwner{}};
  TimerQueue queue;
  queue.set(timer, TimePoint{5s});

  EXPECT_EQ(queue.pop_due(TimePoint{5s - 1us}), nullptr);
  EXPECT_TRUE(timer.is_set());
  EXPECT_EQ(queue.pop_due(TimePoint{5s}), &timer);
  EXPECT_FALSE(timer.is_set());
  EXPECT_EQ(queue.pop_due(TimePoint{5s}), nullptr);
}

TEST(ChunkQueue, GivesBackWhatWentInWhereverItsBlocksAndReadsEnd) {
  PayloadStore store;
  ChunkQueue queue;
  std::string all;
  for (std::size_t size : {0u, 1u, 4000u, 4095u, 4096u, 65'536u, 7u}) {
    const std::string meta(size % 300, 'm');
    const std::string payload(size, static_cast<char>('a' + size % 26));
    queue.push(store, {.flags = static_cast<std::uint16_t>(size % 4)}, as_byte_view(meta), as_byte_view(payload));
    all += meta + payload;
  }

  std::string got;
  while (!queue.empty()) {
    const ChunkHeader front = queue.front();
    const std::uint32_t part = std::min<std::uint32_t>(front.payload_len, 1000);
    std::string bytes(front.meta_len + part, '\0');
    const bool whole = queue.read_front(store, part, std::as_writable_bytes(std::span{bytes}).data());
    EXPECT_EQ(whole, part == front.payload_len);
    got += bytes;
  }

  EXPECT_EQ(got, all);
  EXPECT_EQ(store.payload_bytes(), 0u);
  EXPECT_EQ(store.blocks_in_use(), 0u);
}

/// Reads everything that waits, whole chunks.
std::string read_all(ChunkQueue& queue, PayloadStore& store) {
  std::string got;
  while (!queue.empty()) {
    const ChunkHeader front = queue.front();
    std::string bytes(front.meta_len + front.payload_len, '\0');
    queue.read_front(store, front.payload_len, std::as_writable_bytes(std::span{bytes}).data());
    got += bytes;
  }
  return got;
}

TEST(ChunkQueue, GivesAgainWhatItKeptAfterARewind) {
  PayloadStore store;
  ChunkQueue queue;
  const std::string large(10'000, 'l');
  queue.start_keeping();
  queue.push(store, {}, as_byte_view("meta"), as_byte_view("one"));
  queue.push(store, {}, {}, as_byte_view(large));
  EXPECT_EQ(read_all(queue, store), "metaone" + large);
  queue.push(store, {}, {}, as_byte_view("not read"));

  queue.rewind(store);

  EXPECT_EQ(store.payload_bytes(), 10'011u);
  EXPECT_EQ(read_all(queue, store), "metaone" + large + "not read");
  queue.clear(store);
  EXPECT_EQ(store.payload_bytes(), 0u);
}

TEST(ChunkQueue, LetsGoOfWhatWasReadWhenItStopsKeeping) {
  PayloadStore store;
  ChunkQueue queue;
  queue.start_keeping();
  queue.push(store, {}, {}, as_byte_view(std::string(10'000, 'p')));
  (void)read_all(queue, store);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(store.blocks_in_use(), 3u);
  EXPECT_EQ(store.payload_bytes(), 10'000u) << "what is kept is held";

  queue.push(store, {}, {}, as_byte_view("waits"));
  queue.stop_keeping(store);
  EXPECT_EQ(store.blocks_in_use(), 1u);
  EXPECT_EQ(store.payload_bytes(), 5u);

  EXPECT_EQ(read_all(queue, store), "waits");
  EXPECT_TRUE(queue.owns_nothing());
  EXPECT_EQ(store.blocks_in_use(), 0u);
}

TEST(ChunkQueue, OwnsNothingWhenItStopsKeepingAndNothingWaits) {
  PayloadStore store;
  ChunkQueue queue;
  queue.start_keeping();
  queue.push(store, {}, {}, as_byte_view("read"));
  (void)read_all(queue, store);

  queue.stop_keeping(store);

  EXPECT_TRUE(queue.owns_nothing());
  EXPECT_EQ(store.blocks_in_use(), 0u);
  EXPECT_EQ(store.payload_bytes(), 0u);
}

TEST(ChunkQueue, CountsPayloadAloneAndOwnsNothingWhenCleared) {
  PayloadStore store;
  ChunkQueue queue;
  queue.push(store, {}, as_byte_view("metadata"), as_byte_view(std::string(10'000, 'p')));
  EXPECT_EQ(store.payload_bytes(), 10'000u);
  EXPECT_EQ(store.blocks_in_use(), 3u);

  queue.clear(store);

  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(store.payload_bytes(), 0u);
  EXPECT_EQ(store.blocks_in_use(), 0u);
}

TEST(CommandQueue, GivesCommandsOfAllKindsInTheirOrder) {
  CommandQueue queue;
  std::string given;
  for (int round = 0; round < 2; ++round) {
    queue.push(OutputReady{{1}});
    queue.push(CloseConnection{{2}});
    queue.push(OutputReady{{3}});
    queue.push(OutputReady{{4}});
    queue.push(CloseConnection{{5}});

    for (Command command; queue.pop(command);) {
      const auto* ready = std::get_if<OutputReady>(&command);
      given += ready != nullptr ? "r" + std::to_string(ready->connection.value)
                                : "c" + std::to_string(std::get<CloseConnection>(command).connection.value);
    }
  }

  EXPECT_EQ(given, "r1c2r3r4c5r1c2r3r4c5");
}

TEST(NameNumbers, FindsEachOfManyNamesUnderItsNumberAndNoOther) {
  NameNumbers numbers;
  const auto name_of = [](std::uint32_t number) {
    return std::string(number % 40, 'a') + "." + std::to_string(number);
  };
  for (std::uint32_t number = 0; number < 1'000; ++number) ASSERT_EQ(numbers.number(name_of(number)), number);

  for (std::uint32_t number = 0; number < 1'000; ++number) {
    ASSERT_EQ(numbers.find(name_of(number)), number);
    ASSERT_EQ(numbers.number(name_of(number)), number);
    ASSERT_EQ(numbers.name(number), name_of(number));
    ASSERT_EQ(numbers.find(name_of(number + 1'000)), std::nullopt);
  }
  EXPECT_EQ(numbers.find(""), std::nullopt);
  EXPECT_EQ(numbers.size(), 1'000u);
}

TEST(FrameSpace, AppendsWhatWasClaimedAndNoMore) {
  std::vector<std::byte> buffer(3, std::byte{'b'});
  {
    FrameSpace space{buffer, 1'000};
    for (const std::size_t length : {10u, 600u, 390u}) {
      std::byte* const to = space.claim(length);
      ASSERT_NE(to, nullptr);
      std::fill_n(to, length, std::byte{'f'});
    }
    EXPECT_EQ(space.claim(1), nullptr);
    EXPECT_EQ(space.claimed(), 1'000u);
  }

  EXPECT_EQ(as_text(buffer), "bbb" + std::string(1'000, 'f'));
}

}  // namespace
}  // namespace plugbroker::engine
