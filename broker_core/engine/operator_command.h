// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace plugbroker::engine {

/// What an administrator can ask of a running broker over the admin pipe.
enum class OperatorCommand { status };

}  // namespace plugbroker::engine
