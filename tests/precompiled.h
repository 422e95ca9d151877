// SPDX-License-Identifier: Apache-2.0
#pragma once

// What nearly every test includes, compiled once per build folder (see plugbroker_prepare_test). Never included by
// hand: each source names what it uses, which the preset native-debug, that compiles without this file, sees to.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>
