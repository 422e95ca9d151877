// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/chunk_queue.h"

#include <algorithm>
#include <type_traits>

#include "broker_core/base/assert.h"

namespace plugbroker::engine {

static_assert(std::is_trivially_copyable_v<ChunkHeader>);

PayloadStore::~PayloadStore() {
  while (spare_ != nullptr) {
    Block* block = spare_;
    spare_ = block->next;
    delete block;
  }
}

PayloadStore::Block* PayloadStore::take_block() {
  Block* block = spare_;
  if (block == nullptr) {
    block = new Block;  // Not filled: every byte is written before it is read.
  } else {
    spare_ = block->next;
    --spare_count_;
  }
  block->next = nullptr;
  ++blocks_in_use_;
  return block;
}

void PayloadStore::give_back(Block* block) noexcept {
  --blocks_in_use_;
  if (spare_count_ == max_spare_blocks) {
    delete block;
    return;
  }
  block->next = spare_;
  spare_ = block;
  ++spare_count_;
}

ChunkQueue::~ChunkQueue() {
  while (first_ != nullptr) {
    Block* block = first_;
    first_ = block->next;
    delete block;
  }
}

void ChunkQueue::charge(HeldMemory* holder) noexcept {
  PLUGBROKER_ASSERT(owns_nothing());
  holder_ = holder;
}

std::size_t ChunkQueue::bytes_to_take(std::size_t meta_bytes, std::size_t payload_bytes) const noexcept {
  const std::size_t size = sizeof(Block::bytes);
  const std::size_t length = sizeof(ChunkHeader) + meta_bytes + payload_bytes;
  const std::size_t room = tail_ == nullptr ? 0 : size - write_at_;
  return length <= room ? 0 : (length - room + size - 1) / size * sizeof(Block);
}

void ChunkQueue::stop_keeping(PayloadStore& store) noexcept {
  keeping_ = false;
  store.payload_bytes_ -= kept_payload_bytes_;
  kept_payload_bytes_ = 0;
  if (!has_front_) return clear(store);
  while (first_ != head_) {
    Block* block = first_;
    first_ = block->next;
    give_back(store, block);
  }
}

void ChunkQueue::rewind(PayloadStore& store) noexcept {
  PLUGBROKER_ASSERT(keeping_);
  if (first_ == nullptr) return;
  head_ = first_;
  read_at_ = 0;
  payload_bytes_ += kept_payload_bytes_;
  kept_payload_bytes_ = 0;
  load_front(store);
}

void ChunkQueue::push(PayloadStore& store, ChunkHeader header, ByteView meta, ByteView payload) {
  header.meta_len = static_cast<std::uint16_t>(meta.size());
  header.payload_len = static_cast<std::uint32_t>(payload.size());
  const bool was_empty = empty();
  if (tail_ == nullptr) add_block(store);
  const std::size_t length = sizeof header + meta.size() + payload.size();
  if (length <= tail_->bytes.size() - write_at_) {
    std::byte* to = tail_->bytes.data() + write_at_;
    std::memcpy(to, &header, sizeof header);
    if (!meta.empty()) std::memcpy(to + sizeof header, meta.data(), meta.size());
    if (!payload.empty()) std::memcpy(to + sizeof header + meta.size(), payload.data(), payload.size());
    write_at_ += static_cast<std::uint32_t>(length);
  } else {
    write(store, std::as_bytes(std::span{&header, 1}));
    write(store, meta);
    write(store, payload);
  }
  payload_bytes_ += payload.size();
  store.payload_bytes_ += payload.size();
  if (was_empty) load_front(store);
}

bool ChunkQueue::read_front(PayloadStore& store, std::uint32_t payload_bytes, std::byte* to) noexcept {
  PLUGBROKER_ASSERT(!empty() && payload_bytes <= front_.payload_len);
  if (front_.meta_len != 0) read(store, to, front_.meta_len);
  if (payload_bytes != 0) read(store, to + front_.meta_len, payload_bytes);
  front_.meta_len = 0;
  front_.payload_len -= payload_bytes;
  payload_bytes_ -= payload_bytes;
  if (keeping_) {
    kept_payload_bytes_ += payload_bytes;
  } else {
    store.payload_bytes_ -= payload_bytes;
  }
  if (front_.payload_len != 0) return false;
  if (head_ == tail_ && read_at_ == write_at_) {
    has_front_ = false;
    if (!keeping_) clear(store);
  } else {
    load_front(store);
  }
  return true;
}

void ChunkQueue::clear(PayloadStore& store) noexcept {
  while (first_ != nullptr) {
    Block* block = first_;
    first_ = block->next;
    give_back(store, block);
  }
  head_ = nullptr;
  tail_ = nullptr;
  has_front_ = false;
  keeping_ = false;
  read_at_ = 0;
  write_at_ = 0;
  store.payload_bytes_ -= payload_bytes_ + kept_payload_bytes_;
  payload_bytes_ = 0;
  kept_payload_bytes_ = 0;
}

void ChunkQueue::add_block(PayloadStore& store) {
  Block* block = store.take_block();
  if (holder_ != nullptr) holder_->queue(sizeof(Block));
  if (tail_ == nullptr) {
    first_ = head_ = block;
  } else {
    tail_->next = block;
  }
  tail_ = block;
  write_at_ = 0;
}

void ChunkQueue::give_back(PayloadStore& store, Block* block) noexcept {
  store.give_back(block);
  if (holder_ != nullptr) holder_->unqueue(sizeof(Block));
}

void ChunkQueue::write(PayloadStore& store, ByteView bytes) {
  while (!bytes.empty()) {
    if (write_at_ == tail_->bytes.size()) add_block(store);
    const std::size_t part = std::min(bytes.size(), tail_->bytes.size() - write_at_);
    std::memcpy(tail_->bytes.data() + write_at_, bytes.data(), part);
    write_at_ += static_cast<std::uint32_t>(part);
    bytes = bytes.subspan(part);
  }
}

void ChunkQueue::read(PayloadStore& store, std::byte* to, std::size_t count) noexcept {
  if (count <= head_->bytes.size() - read_at_) {
    std::memcpy(to, head_->bytes.data() + read_at_, count);
    read_at_ += static_cast<std::uint32_t>(count);
    return;
  }
  while (count > 0) {
    if (read_at_ == head_->bytes.size()) {
      Block* block = head_;
      head_ = block->next;
      if (!keeping_) {
        first_ = head_;
        give_back(store, block);
      }
      read_at_ = 0;
    }
    const std::size_t part = std::min(count, head_->bytes.size() - read_at_);
    std::memcpy(to, head_->bytes.data() + read_at_, part);
    read_at_ += static_cast<std::uint32_t>(part);
    to += part;
    count -= part;
  }
}

void ChunkQueue::load_front(PayloadStore& store) noexcept {
  read(store, reinterpret_cast<std::byte*>(&front_), sizeof front_);
  has_front_ = true;
}

}  // namespace plugbroker::engine
