// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "broker_core/base/bytes.h"
#include "broker_core/engine/held_memory.h"
#include "broker_core/protocol/frame_header.h"

namespace plugbroker::engine {

/// The memory of all ChunkQueues: blocks of 4 KiB, kept for reuse up to a bound, and the count of the payload in them.
class PayloadStore {
 public:
  PayloadStore() = default;
  ~PayloadStore();
  PayloadStore(const PayloadStore&) = delete;
  PayloadStore& operator=(const PayloadStore&) = delete;

  /// Payload bytes in all queues, kept ones too; metadata and control frames don't count.
  [[nodiscard]] std::uint64_t payload_bytes() const noexcept { return payload_bytes_; }
  /// Blocks in use by queues.
  [[nodiscard]] std::size_t blocks_in_use() const noexcept { return blocks_in_use_; }

 private:
  friend class ChunkQueue;
  static constexpr std::size_t block_bytes = 4096;
  static constexpr std::size_t max_spare_blocks = 1024;

  struct Block {
    Block* next;
    std::array<std::byte, block_bytes - sizeof(Block*)> bytes;
  };

  [[nodiscard]] Block* take_block();
  void give_back(Block* block) noexcept;

  Block* spare_ = nullptr;
  std::size_t spare_count_ = 0;
  std::size_t blocks_in_use_ = 0;
  std::uint64_t payload_bytes_ = 0;
};

/// What a chunk is: a frame without its stream and deadline, which are known only when it leaves.
struct ChunkHeader {
  std::uint32_t payload_len = 0;
  std::uint16_t meta_len = 0;
  std::uint16_t flags = 0;
  protocol::FrameType type = protocol::FrameType::data;
};

/// Chunks waiting to be written, first in, first out, stored in blocks of a PayloadStore. Empty, it owns no memory,
/// unless it keeps what was read.
///
/// Every call gets the same store. A queue that dies with chunks frees them, but the store goes on counting them.
class ChunkQueue {
 public:
  ChunkQueue() = default;
  ChunkQueue(const ChunkQueue&) = delete;
  ChunkQueue& operator=(const ChunkQueue&) = delete;
  ~ChunkQueue();

  [[nodiscard]] bool empty() const noexcept { return !has_front_; }

  [[nodiscard]] bool owns_nothing() const noexcept { return first_ == nullptr; }

  /// For whom its memory is held from now on; null: nobody is charged. To be called on a queue that owns nothing.
  void charge(HeldMemory* holder) noexcept;
  /// What a push() with so much metadata and payload would take of `holder`, whole blocks.
  [[nodiscard]] std::size_t bytes_to_take(std::size_t meta_bytes, std::size_t payload_bytes) const noexcept;

  /// From now on what is read is kept, so that rewind() can give it again. To be called on a queue that owns nothing.
  void start_keeping() noexcept { keeping_ = true; }
  /// Lets go of what was read.
  void stop_keeping(PayloadStore& store) noexcept;
  [[nodiscard]] bool is_keeping() const noexcept { return keeping_; }
  /// Everything since start_keeping() is there again, as if nothing had been read. Only while is_keeping().
  void rewind(PayloadStore& store) noexcept;

  /// Copies `meta` and `payload`; the lengths in `header` are set from them.
  void push(PayloadStore& store, ChunkHeader header, ByteView meta, ByteView payload);

  /// What is left of the first chunk: meta_len is 0 once its first part was read, payload_len shrinks. Not when
  /// empty().
  [[nodiscard]] const ChunkHeader& front() const noexcept { return front_; }

  /// Copies the front's metadata (if not read yet), then `payload_bytes` of its payload, to `to`; drops the chunk when
  /// nothing of it is left, and returns whether that is so.
  bool read_front(PayloadStore& store, std::uint32_t payload_bytes, std::byte* to) noexcept;

  /// Drops everything, also what was kept, and keeps no longer.
  void clear(PayloadStore& store) noexcept;

 private:
  using Block = PayloadStore::Block;

  void add_block(PayloadStore& store);
  void give_back(PayloadStore& store, Block* block) noexcept;
  void write(PayloadStore& store, ByteView bytes);
  void read(PayloadStore& store, std::byte* to, std::size_t count) noexcept;
  void load_front(PayloadStore& store) noexcept;

  HeldMemory* holder_ = nullptr;
  Block* first_ = nullptr;  ///< The oldest block owned; head_ unless blocks before it are kept.
  Block* head_ = nullptr;
  Block* tail_ = nullptr;
  std::uint32_t read_at_ = 0;   ///< In head_.
  std::uint32_t write_at_ = 0;  ///< In tail_.
  bool has_front_ = false;
  bool keeping_ = false;
  std::uint64_t payload_bytes_ = 0;       ///< Not read.
  std::uint64_t kept_payload_bytes_ = 0;  ///< Read and kept.
  ChunkHeader front_;
};

}  // namespace plugbroker::engine
