// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "broker_core/base/bytes.h"

namespace plugbroker::win {

/// Fills `bytes` from the system's cryptographic generator; stops the process when there is none.
void fill_random(MutableByteView bytes);

/// 128 random bits as 32 hexadecimal digits: a name that nobody can guess.
[[nodiscard]] std::wstring random_name();

}  // namespace plugbroker::win
