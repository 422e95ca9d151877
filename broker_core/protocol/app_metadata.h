// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <vector>

#include "broker_core/base/bytes.h"
#include "broker_core/base/status.h"
#include "broker_core/protocol/tlv.h"

namespace plugbroker::protocol {

/// A pair of the application's own metadata; its meaning is the application's. Keys may repeat.
struct MetadataPair {
  std::string_view key;  ///< 1 to 64 bytes of a-z 0-9 . _ -
  std::string_view value;

  friend bool operator==(const MetadataPair&, const MetadataPair&) = default;
};

/// The application's pairs of a REQUEST or END, in order, viewed where they stand in the frame's metadata: nothing is
/// copied, and the view is valid as long as that metadata is.
class AppMetadata {
 public:
  class Iterator {
   public:
    using value_type = MetadataPair;
    using difference_type = std::ptrdiff_t;

    Iterator() noexcept : reader_({}) {}
    explicit Iterator(ByteView metadata) noexcept : reader_(metadata) { ++*this; }

    [[nodiscard]] MetadataPair operator*() const noexcept { return pair_; }
    Iterator& operator++() noexcept;
    void operator++(int) noexcept { ++*this; }
    [[nodiscard]] friend bool operator==(const Iterator& it, std::default_sentinel_t) noexcept { return it.at_end_; }

   private:
    TlvReader reader_;
    MetadataPair pair_;
    bool at_end_ = false;
  };

  AppMetadata() = default;
  /// `metadata` was checked by a decoder, and has `count` TLVs of this type among others.
  AppMetadata(ByteView metadata, std::size_t count) noexcept
      : metadata_(count == 0 ? ByteView{} : metadata), count_(count) {}

  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  [[nodiscard]] Iterator begin() const noexcept { return Iterator{metadata_}; }
  [[nodiscard]] static std::default_sentinel_t end() noexcept { return {}; }

 private:
  ByteView metadata_;
  std::size_t count_ = 0;
};

/// Pairs to send, or kept for later: at most limits::max_metadata_pairs, limits::max_metadata_bytes together. Cleared,
/// it keeps its memory for the next use.
class AppMetadataList {
 public:
  /// Fails (invalid_argument, with the rule) when the key, the value or the sum of all pairs breaks a limit.
  Status add(std::string_view key, std::string_view value);
  /// Copies pairs that a decoder has checked.
  void assign(const AppMetadata& pairs);
  void clear() noexcept {
    tlvs_.clear();
    count_ = 0;
    bytes_ = 0;
  }

  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  /// Valid until the list changes.
  [[nodiscard]] AppMetadata view() const noexcept { return {tlvs_, count_}; }

 private:
  void append(const MetadataPair& pair);

  std::vector<std::byte> tlvs_;  ///< As they are sent.
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;  ///< Of keys and values.
};

/// 1 to 64 bytes of a-z 0-9 . _ -
[[nodiscard]] bool is_valid_metadata_key(std::string_view key) noexcept;

/// What is wrong with the value of an app_metadata TLV; empty when nothing is. `bytes` gets the length of key and
/// value.
[[nodiscard]] std::string_view check_metadata_pair(ByteView value, std::size_t& bytes) noexcept;

/// Appends all pairs.
void put_app_metadata(TlvWriter& writer, const AppMetadata& pairs) noexcept;

}  // namespace plugbroker::protocol
