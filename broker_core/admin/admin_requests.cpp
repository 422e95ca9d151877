// SPDX-License-Identifier: Apache-2.0
#include "broker_core/admin/admin_requests.h"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <utility>

#include "broker_core/admin/request_object.h"
#include "broker_core/base/escaped_text.h"

namespace plugbroker::admin {
namespace {

namespace json = boost::json;
using engine::OperatorCommand;

constexpr std::array commands{OperatorCommand::drain, OperatorCommand::resume, OperatorCommand::recycle,
                              OperatorCommand::kill, OperatorCommand::close_breaker};
constexpr std::size_t longest_shown = 64;

Status refused(std::string why) {
  return {StatusCode::invalid_argument, std::move(why)};
}

// Absent: "".
Result<std::string> text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(json::string_view{key.data(), key.size()});
  if (value == nullptr) return std::string{};
  if (!value->is_string() || value->get_string().empty()) {
    return refused("\"" + std::string{key} + "\" is not a text with anything in it");
  }
  return std::string{value->get_string().data(), value->get_string().size()};
}

// Absent: 0.
Result<WorkerId> worker_of(const json::object& object) {
  const json::value* value = object.if_contains("worker");
  if (value == nullptr) return WorkerId{};
  if (!value->is_int64() || value->get_int64() <= 0) return refused("\"worker\" is not the number of a worker");
  return WorkerId{static_cast<std::uint64_t>(value->get_int64())};
}

Result<OperatorCommand> command_of(const json::object& object) {
  const Result<std::string> name = text_at(object, "command");
  if (!name) return name.status();
  const auto found = std::ranges::find(commands, std::string_view{*name}, engine::to_string);
  if (found != commands.end()) return *found;
  return refused("there is no command \"" + escaped_text(*name, EscapeStyle::quoted, longest_shown) + '"');
}

Status check_target(const engine::OperatorRequest& request) {
  const bool pool = !request.pool.empty();
  const bool worker = request.worker.value != 0;
  const std::string name{to_string(request.command)};
  switch (request.command) {
    case OperatorCommand::kill:
      return worker && !pool ? Status{} : refused(name + " takes a worker and no pool");
    case OperatorCommand::recycle:
      return worker != pool ? Status{} : refused(name + " takes a pool or a worker");
    case OperatorCommand::drain:
    case OperatorCommand::resume:
    case OperatorCommand::close_breaker:
      break;
  }
  return pool && !worker ? Status{} : refused(name + " takes a pool and no worker");
}

}  // namespace

Result<engine::OperatorRequest> parse_operate_request(std::string_view text) {
  const Result<json::object> object = parse_request_object(text, {"command", "pool", "worker"});
  if (!object) return object.status();
  const Result<OperatorCommand> command = command_of(*object);
  if (!command) return command.status();
  Result<std::string> pool = text_at(*object, "pool");
  if (!pool) return pool.status();
  const Result<WorkerId> worker = worker_of(*object);
  if (!worker) return worker.status();
  engine::OperatorRequest request{.command = *command, .pool = std::move(*pool), .worker = *worker, .asked_by = {}};
  if (Status status = check_target(request); !status.ok()) return status;
  return request;
}

std::string operate_request_json(const engine::OperatorRequest& request) {
  const std::string_view command = to_string(request.command);
  json::object object{{"command", json::string_view{command.data(), command.size()}}};
  if (!request.pool.empty()) object["pool"] = request_text(request.pool);
  if (request.worker.value != 0) object["worker"] = request.worker.value;
  return json::serialize(object);
}

Result<std::string> parse_evidence_request(std::string_view text) {
  if (text.empty()) return std::string{};
  const Result<json::object> object = parse_request_object(text, {"case"});
  if (!object) return object.status();
  Result<std::string> name = text_at(*object, "case");
  if (name.ok() && name->empty()) return refused("the request names no case");
  return name;
}

std::string evidence_request_json(std::string_view name) {
  return name.empty() ? std::string{} : json::serialize(json::object{{"case", request_text(name)}});
}

}  // namespace plugbroker::admin
