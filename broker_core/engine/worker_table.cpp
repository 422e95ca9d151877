// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/worker_table.h"

#include "broker_core/base/assert.h"

namespace plugbroker::engine {

Worker& WorkerTable::add(Pool& pool) {
  const WorkerId id{++last_id_};
  Worker& worker = *workers_.emplace(id, std::make_unique<Worker>(pool)).first->second;
  worker.id = id;
  all_.push_back(worker);
  return worker;
}

void WorkerTable::remove(Worker& worker) {
  PLUGBROKER_ASSERT(!worker.in_pool.linked && !worker.in_load.linked && !worker.timer.is_set());
  all_.erase(worker);
  workers_.erase(WorkerId{worker.id});
}

Worker* WorkerTable::find(WorkerId id) const {
  const auto place = workers_.find(id);
  return place == workers_.end() ? nullptr : place->second.get();
}

}  // namespace plugbroker::engine
