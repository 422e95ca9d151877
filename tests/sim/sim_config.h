// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/engine/engine_config.h"
#include "tests/sim/dice.h"

namespace plugbroker::sim {

/// A valid configuration of one to three pools, every setting at random: small numbers and short times, so that each
/// bound is reached and each time passes in a short run.
[[nodiscard]] engine::EngineConfig draw_config(Dice& dice);

}  // namespace plugbroker::sim
