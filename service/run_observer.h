// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace plugbroker::service {

/// Is told how far the service is, at least every progress_interval while it starts or stops.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void starting() = 0;
  /// The start is over, or what was missing then is there now.
  virtual void ready() = 0;
  /// The start is over, though not every pool has its minimum of workers.
  virtual void degraded() = 0;
  /// It stops by itself, because something is broken.
  virtual void failing() = 0;
  virtual void stopping() = 0;
};

}  // namespace plugbroker::service
