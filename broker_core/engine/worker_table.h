// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <unordered_map>

#include "broker_core/engine/worker.h"

namespace plugbroker::engine {

/// All workers, from StartWorker until the process has ended and the channel is closed.
class WorkerTable {
 public:
  using WorkerList = IntrusiveList<Worker, &Worker::in_table>;

  Worker& add(Pool& pool);
  void remove(Worker& worker);
  /// Null when there is none.
  [[nodiscard]] Worker* find(WorkerId id) const;
  [[nodiscard]] const WorkerList& all() const noexcept { return all_; }

 private:
  std::unordered_map<WorkerId, std::unique_ptr<Worker>> workers_;
  WorkerList all_;
  std::uint64_t last_id_ = 0;
};

}  // namespace plugbroker::engine
