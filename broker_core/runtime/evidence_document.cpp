// SPDX-License-Identifier: Apache-2.0
#include "broker_core/runtime/evidence_document.h"

#include <string_view>

#include "broker_core/base/escaped_text.h"
#include "broker_core/engine/exit_code_text.h"
#include "broker_core/runtime/evidence_names.h"

namespace plugbroker::runtime {
namespace {

constexpr std::size_t longest_text = 8 * 1024;

// escaped_text() leaves printable UTF-8, so that JSON has nothing to escape but its own two characters.
std::string quoted(std::string_view text) {
  std::string made = "\"";
  for (const char byte : escaped_text(text, EscapeStyle::plain, longest_text)) {
    if (byte == '"' || byte == '\\') made += '\\';
    made += byte;
  }
  return made + '"';
}

/// Members in the order they are added.
class JsonObject {
 public:
  explicit JsonObject(std::string_view separator) : separator_(separator) {}

  void add(std::string_view name, std::string value) {
    if (!members_.empty()) members_ += separator_;
    members_ += '"';
    members_.append(name).append("\": ").append(value);
  }
  void add_text(std::string_view name, std::string_view value) { add(name, quoted(value)); }
  void add_number(std::string_view name, std::uint64_t value) { add(name, std::to_string(value)); }

  [[nodiscard]] const std::string& members() const { return members_; }

 private:
  std::string_view separator_;
  std::string members_;
};

std::string call_object(const engine::EvidenceCall& call) {
  JsonObject object(", ");
  object.add_text("route", call.route);
  object.add("age_ms", std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(call.age).count()));
  object.add_number("request_bytes", call.request_bytes);
  object.add_text("trace_id", call.trace_id);
  return "{" + object.members() + "}";
}

std::string call_list(const std::vector<engine::EvidenceCall>& calls) {
  std::string list;
  for (const engine::EvidenceCall& call : calls) list += (list.empty() ? "\n    " : ",\n    ") + call_object(call);
  return list.empty() ? "[]" : "[" + list + "\n  ]";
}

}  // namespace

std::string evidence_document(const EvidenceFacts& facts) {
  JsonObject object(",\n  ");
  object.add_number("schema_version", 1);
  object.add_text("time", utc_text(facts.time));
  object.add_text("pool", facts.pool);
  object.add_number("worker", facts.worker.value);
  object.add_number("process_id", facts.process_id);
  object.add_text("command_line", facts.command_line);
  object.add_text("reason", facts.known->reason);
  object.add("exit_code", facts.exit_code ? std::to_string(*facts.exit_code) : "null");
  object.add_text("exit", facts.exit_code ? engine::exit_code_text(*facts.exit_code) : "had not ended yet");
  object.add_number("calls_held", facts.known->calls_held);
  object.add("calls", call_list(facts.known->calls));
  object.add_text("stderr", facts.stderr_file);
  object.add_number("stderr_bytes", facts.stderr_bytes);
  object.add_number("stderr_bytes_lost", facts.stderr_bytes_lost);
  object.add("dump", facts.dump_file.empty() ? "null" : quoted(facts.dump_file));
  object.add_text("dump_note", facts.dump_note);
  return "{\n  " + object.members() + "\n}\n";
}

}  // namespace plugbroker::runtime
