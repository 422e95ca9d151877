// SPDX-License-Identifier: Apache-2.0
// The engine's containers: lists, maps, timers, chunks.
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>
#include <string>

#include "broker_core/engine/chunk_queue.h"
#include "broker_core/engine/intrusive_list.h"
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
    const bool cancels = random() % 3 == 0;
    queue.set(timer, cancels ? far_future : due);
    expected.erase(&timer);
    if (!cancels) expected[&timer] = due;
  }
  TimePoint last{};
  while (queue.next() != far_future) {
    const TimePoint due = queue.next();
    Timer* timer = queue.pop_due(due);
    ASSERT_NE(timer, nullptr);
    EXPECT_GE(due, last);
    EXPECT_EQ(expected.at(timer), due);
    expected.erase(timer);
    last = due;
  }

  EXPECT_TRUE(expected.empty());
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

}  // namespace
}  // namespace plugbroker::engine
