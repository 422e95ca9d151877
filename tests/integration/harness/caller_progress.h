// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <atomic>
#include <cstdint>
#include <string>

#include "tests/integration/harness/text_encoding.h"
#include "tests/integration/harness/windows_handle.h"

namespace plugbroker::harness {

/// What a test caller tells while it runs, in memory that it shares with the test.
struct CallerProgress {
  std::atomic<std::uint64_t> finished;  ///< Calls that have an outcome.
  std::atomic<std::uint64_t> failed;    ///< Those of them that were not ok, or whose reply was not what was sent.
  std::atomic<std::uint32_t> stop;      ///< Set by the test: make no further call.
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

/// The shared memory of that name, made zeroed by whoever comes first.
class SharedCallerProgress {
 public:
  explicit SharedCallerProgress(const std::string& name)
      : section_(CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, sizeof(CallerProgress),
                                    widen(name).c_str())) {
    if (!section_) throw_last_error("CreateFileMapping " + name);
    view_ = static_cast<CallerProgress*>(MapViewOfFile(section_.get(), FILE_MAP_WRITE, 0, 0, sizeof(CallerProgress)));
    if (view_ == nullptr) throw_last_error("MapViewOfFile " + name);
  }
  SharedCallerProgress(const SharedCallerProgress&) = delete;
  SharedCallerProgress& operator=(const SharedCallerProgress&) = delete;
  ~SharedCallerProgress() { UnmapViewOfFile(view_); }

  CallerProgress* operator->() const noexcept { return view_; }

 private:
  WindowsHandle section_;
  CallerProgress* view_ = nullptr;
};

}  // namespace plugbroker::harness
