// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

/// A program that links replaced_new.cpp has its operator new and delete replaced by ones that tell of every block. The
/// program defines what is told.
namespace plugbroker::replaced_new {

/// A block of so many bytes is given out, or taken back. On the thread that asks.
void allocated(std::size_t bytes) noexcept;
void freed(std::size_t bytes) noexcept;

}  // namespace plugbroker::replaced_new
