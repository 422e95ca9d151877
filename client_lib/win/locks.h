// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

namespace plugbroker::client {

/// A lock that needs no set-up, allocates nothing and leaves nothing behind in the host, unlike a runtime's mutex.
class SrwLock {
 public:
  constexpr SrwLock() noexcept = default;
  SrwLock(const SrwLock&) = delete;
  SrwLock& operator=(const SrwLock&) = delete;

  void lock() noexcept { AcquireSRWLockExclusive(&lock_); }
  void unlock() noexcept { ReleaseSRWLockExclusive(&lock_); }

 private:
  friend class ConditionVariable;
  SRWLOCK lock_ = SRWLOCK_INIT;
};

class LockGuard {
 public:
  explicit LockGuard(SrwLock& lock) noexcept : lock_(lock) { lock_.lock(); }
  ~LockGuard() { lock_.unlock(); }
  LockGuard(const LockGuard&) = delete;
  LockGuard& operator=(const LockGuard&) = delete;

 private:
  SrwLock& lock_;
};

class ConditionVariable {
 public:
  constexpr ConditionVariable() noexcept = default;
  ConditionVariable(const ConditionVariable&) = delete;
  ConditionVariable& operator=(const ConditionVariable&) = delete;

  /// Waits at most `milliseconds`, without the lock meanwhile. May wake up early.
  void wait(SrwLock& lock, DWORD milliseconds) noexcept {
    SleepConditionVariableSRW(&variable_, &lock.lock_, milliseconds, 0);
  }
  void wake_all() noexcept { WakeAllConditionVariable(&variable_); }

 private:
  CONDITION_VARIABLE variable_ = CONDITION_VARIABLE_INIT;
};

}  // namespace plugbroker::client
