// SPDX-License-Identifier: Apache-2.0
// A file of its own, so that no compiler inlines one of the pair into a caller and warns of the other.
#include "tests/replaced_new.h"

#include <cstdlib>
#include <new>

namespace {

constexpr std::size_t front = 16;  // Room for the size before each block, keeping the alignment.

}  // namespace

// All forms without alignment, so that none of them pairs with a form of somebody else's.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  void* const block = std::malloc(size + front);
  if (block == nullptr) return nullptr;
  *static_cast<std::size_t*>(block) = size;
  plugbroker::replaced_new::allocated(size);
  return static_cast<std::byte*>(block) + front;
}
void* operator new(std::size_t size) {
  void* const memory = operator new(size, std::nothrow);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void* operator new[](std::size_t size) {
  return operator new(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return operator new(size, std::nothrow);
}

void operator delete(void* memory) noexcept {
  if (memory == nullptr) return;
  void* const block = static_cast<std::byte*>(memory) - front;
  plugbroker::replaced_new::freed(*static_cast<std::size_t*>(block));
  std::free(block);
}
void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
  operator delete(memory);
}
void operator delete[](void* memory) noexcept {
  operator delete(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  operator delete(memory);
}
void operator delete[](void* memory, const std::nothrow_t&) noexcept {
  operator delete(memory);
}
