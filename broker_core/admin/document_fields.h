// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plugbroker::admin {

/// Fields of a document that came from another program, perhaps of another version: whatever is missing or of another
/// type is "", zero, false or an empty list. Texts are printable as they are, and cut after 1,000 bytes.

[[nodiscard]] std::string text_of(const boost::json::object& object, std::string_view key);
[[nodiscard]] bool has_number(const boost::json::object& object, std::string_view key);
[[nodiscard]] std::int64_t number_of(const boost::json::object& object, std::string_view key);
[[nodiscard]] std::string count_of(const boost::json::object& object, std::string_view key);
[[nodiscard]] bool flag_of(const boost::json::object& object, std::string_view key);
/// The objects of a list; what is none is left out.
[[nodiscard]] std::vector<const boost::json::object*> objects_of(const boost::json::object& object,
                                                                 std::string_view key);
/// The texts of a list; what is none is left out.
[[nodiscard]] std::vector<std::string> texts_of(const boost::json::object& object, std::string_view key);
/// The same, separated by ", ".
[[nodiscard]] std::string name_list(const boost::json::object& object, std::string_view key);
/// The numbers of an object that are not zero, with their keys: "9 ok, 1 not_found".
[[nodiscard]] std::string counts_of(const boost::json::object& object, std::string_view key);

}  // namespace plugbroker::admin
