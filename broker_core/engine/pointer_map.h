// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "broker_core/base/assert.h"

namespace plugbroker::engine {

/// A key of two parts, such as (connection, stream): the same stream id on two connections is two things.
struct PairKey {
  std::uint64_t first = 0;
  std::uint64_t second = 0;

  friend bool operator==(const PairKey&, const PairKey&) = default;
};

/// A hash map from PairKey to objects that somebody else owns. Open addressing: once it has grown to the number of
/// objects that live at the same time, nothing allocates any more.
///
/// Peers choose stream ids, so the hash is seeded: who doesn't know `seed` cannot aim for collisions. It multiplies by
/// secret odd numbers and keeps the upper bits, where any two keys collide as seldom as random ones, whoever chose them.
template <typename T>
class PointerMap {
 public:
  explicit PointerMap(std::uint64_t seed)
      : first_factor_(mixed(seed + golden) | 1),
        second_factor_(mixed(seed + 2 * golden) | 1),
        entries_(initial_capacity) {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Null when there is none.
  [[nodiscard]] T* find(PairKey key) const noexcept {
    for (std::size_t place = home_of(key);; place = following(place)) {
      const Entry& entry = entries_[place];
      if (entry.value == nullptr || entry.key == key) return entry.value;
    }
  }

  /// `key` must not be there.
  void insert(PairKey key, T& value) {
    if ((size_ + 1) * 2 > entries_.size()) grow();
    place_entry({key, &value});
    ++size_;
  }

  /// `key` must be there.
  void erase(PairKey key) noexcept {
    std::size_t hole = home_of(key);
    while (!(entries_[hole].key == key)) {
      PLUGBROKER_ASSERT(entries_[hole].value != nullptr);
      hole = following(hole);
    }
    PLUGBROKER_ASSERT(entries_[hole].value != nullptr);
    // Entries behind the hole move up, so that no search ends at it too early.
    for (std::size_t place = following(hole); entries_[place].value != nullptr; place = following(place)) {
      const std::size_t wanted = home_of(entries_[place].key);
      if (distance(wanted, place) >= distance(hole, place)) {
        entries_[hole] = entries_[place];
        hole = place;
      }
    }
    entries_[hole] = {};
    --size_;
  }

 private:
  struct Entry {
    PairKey key;
    T* value = nullptr;
  };
  static constexpr int initial_bits = 6;
  static constexpr std::size_t initial_capacity = std::size_t{1} << initial_bits;

  static constexpr std::uint64_t golden = 0x9E3779B97F4A7C15u;

  /// SplitMix64, which makes unlike numbers of any seeds.
  [[nodiscard]] static constexpr std::uint64_t mixed(std::uint64_t x) noexcept {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
  }
  [[nodiscard]] std::size_t home_of(PairKey key) const noexcept {
    return static_cast<std::size_t>((key.first * first_factor_ + key.second * second_factor_) >> shift_);
  }
  [[nodiscard]] std::size_t following(std::size_t place) const noexcept { return (place + 1) & (entries_.size() - 1); }
  [[nodiscard]] std::size_t distance(std::size_t from, std::size_t to) const noexcept {
    return (to - from) & (entries_.size() - 1);
  }
  void place_entry(const Entry& entry) noexcept {
    std::size_t place = home_of(entry.key);
    while (entries_[place].value != nullptr) {
      PLUGBROKER_ASSERT(!(entries_[place].key == entry.key));
      place = following(place);
    }
    entries_[place] = entry;
  }
  void grow() {
    std::vector<Entry> old(entries_.size() * 2);
    old.swap(entries_);
    --shift_;
    for (const Entry& entry : old) {
      if (entry.value != nullptr) place_entry(entry);
    }
  }

  std::uint64_t first_factor_;
  std::uint64_t second_factor_;
  int shift_ = 64 - initial_bits;  ///< What is left of a hash is a place.
  std::vector<Entry> entries_;     ///< A power of two of them.
  std::size_t size_ = 0;
};

}  // namespace plugbroker::engine
