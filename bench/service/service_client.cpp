// SPDX-License-Identifier: Apache-2.0
#include "bench/service/service_client.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <stdexcept>

namespace plugbroker::bench {

namespace json = boost::json;

ServiceClient::ServiceClient(const std::string& pipe) {
  plugbroker_client_options options = plugbroker_client_options_default();
  options.pipe_name = pipe.c_str();
  options.service_name = "PlugBroker";
  options.user_name = "bench";
  if (plugbroker_client_create(&options, &client_) != PLUGBROKER_OK) throw std::runtime_error("no client for " + pipe);
}

std::string ServiceClient::call(const std::string& route, const std::string& request) const {
  plugbroker_reply* reply = nullptr;
  const plugbroker_status status =
      plugbroker_call(client_, route.c_str(), request.data(), request.size(), nullptr, &reply);
  const std::string message = plugbroker_reply_message(reply);
  std::string answer(static_cast<const char*>(plugbroker_reply_data(reply)), plugbroker_reply_size(reply));
  plugbroker_reply_free(reply);
  if (status != PLUGBROKER_OK) throw std::runtime_error(route + ": " + plugbroker_status_name(status) + ": " + message);
  return answer;
}

std::vector<PoolOfDocuments::Worker> PoolOfDocuments::workers() const {
  const json::value status = json::parse(client_.call("status", ""));
  std::vector<Worker> workers;
  for (const json::value& worker : status.at("pools").as_array().at(0).at("workers").as_array()) {
    const bool serves = worker.at("state") == "ready" || worker.at("state") == "busy";
    workers.push_back({worker.at("id").to_number<std::uint64_t>(), serves});
  }
  return workers;
}

void PoolOfDocuments::recycle() const {
  (void)client_.call("operate", json::serialize(json::object{{"command", "recycle"}, {"pool", "documents"}}));
}

void PoolOfDocuments::kill(std::uint64_t worker) const {
  (void)client_.call("operate", json::serialize(json::object{{"command", "kill"}, {"worker", worker}}));
}

}  // namespace plugbroker::bench
