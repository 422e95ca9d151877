// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "broker_core/base/result.h"
#include "broker_core/win/lock_file.h"
#include "service/service_log.h"

namespace plugbroker::service {

/// Keeps every other PlugBroker of this machine off some pipe names while it lives.
class InstanceLock {
 public:
  /// already_exists when another instance has one of the names.
  [[nodiscard]] static Result<InstanceLock> acquire(const std::vector<std::string>& pipes, RunMode mode);

 private:
  explicit InstanceLock(std::vector<win::LockFile> files) : files_(std::move(files)) {}

  std::vector<win::LockFile> files_;
};

}  // namespace plugbroker::service
