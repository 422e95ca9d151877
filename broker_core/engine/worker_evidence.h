// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "broker_core/engine/worker.h"

/// What the engine keeps of a worker that failed: once per worker, and only of one whose end counts as a failure.
namespace plugbroker::engine {

/// Notes the calls that the worker may have received and still holds. To be called before they are ended; only the
/// first time counts.
void note_held_calls(Worker& worker, TimePoint now);

/// The case to be handed over with the worker's end; null when that is no failure, or was given before.
[[nodiscard]] std::shared_ptr<const EvidenceCase> take_evidence(Worker& worker);

}  // namespace plugbroker::engine
