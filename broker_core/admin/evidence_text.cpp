// SPDX-License-Identifier: Apache-2.0
#include "broker_core/admin/evidence_text.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "broker_core/admin/document_fields.h"
#include "broker_core/admin/text_table.h"

namespace plugbroker::admin {

namespace json = boost::json;

Result<std::string> evidence_list_text(std::string_view text) {
  json::error_code error;
  const json::value document = json::parse(json::string_view{text.data(), text.size()}, error);
  if (error || !document.is_object() || !has_number(document.get_object(), "schema_version")) {
    return {StatusCode::invalid_argument, "the service's answer is not a list of evidence"};
  }
  const json::object& list = document.get_object();
  const auto cases = objects_of(list, "cases");
  if (cases.empty()) return std::string{"no case of evidence\n"};
  TextTable table;
  table.add_line({"CASE", "POOL", "WORKER", "REASON"});
  for (const json::object* it : cases) {
    table.add_line({text_of(*it, "name"), text_of(*it, "pool"),
                    has_number(*it, "worker") ? count_of(*it, "worker") : "", text_of(*it, "reason")});
  }
  std::string shown = table.text();
  if (const std::int64_t left_out = number_of(list, "left_out"); left_out > 0) {
    shown += "and " + std::to_string(left_out) + " older ones\n";
  }
  return shown;
}

}  // namespace plugbroker::admin
