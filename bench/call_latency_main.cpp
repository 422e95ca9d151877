// SPDX-License-Identifier: Apache-2.0
// call_latency: what one call costs, plugin to service to C# worker and back, one at a time, through the staged client
// library; and, in the same run, what starting one process per call costs.
#include <boost/program_options.hpp>

#include <cstdio>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/latency_figures.h"
#include "bench/one_process_per_call.h"
#include "plugbroker/plugbroker.h"

namespace plugbroker::bench {
namespace {

namespace po = boost::program_options;

constexpr unsigned warm_up_calls = 50;

void call_echo(plugbroker_client* client, const std::string& request) {
  plugbroker_reply* reply = nullptr;
  const plugbroker_status status = plugbroker_call(client, "echo", request.data(), request.size(), nullptr, &reply);
  const std::string message = plugbroker_reply_message(reply);
  const std::size_t size = plugbroker_reply_size(reply);
  plugbroker_reply_free(reply);
  if (status != PLUGBROKER_OK) throw std::runtime_error(plugbroker_status_name(status) + (": " + message));
  if (size != request.size()) throw std::runtime_error("the reply is not the request");
}

LatencyFigures measure_calls(plugbroker_client* client, std::size_t size, unsigned calls) {
  const std::string request(size, 'x');
  for (unsigned i = 0; i < warm_up_calls; ++i) call_echo(client, request);
  LatencyFigures figures;
  for (unsigned i = 0; i < calls; ++i) figures.add(timed([&] { call_echo(client, request); }));
  return figures;
}

void run(const po::variables_map& options) {
  plugbroker_client_options client_options = plugbroker_client_options_default();
  const auto pipe = options["pipe"].as<std::string>();
  const auto service = options["service"].as<std::string>();
  client_options.pipe_name = pipe.c_str();
  client_options.service_name = service.c_str();
  client_options.user_name = "call_latency";
  plugbroker_client* client = nullptr;
  if (plugbroker_client_create(&client_options, &client) != PLUGBROKER_OK) throw std::runtime_error("no client");
  for (const std::size_t size : options["size"].as<std::vector<std::size_t>>()) {
    print(grouped(static_cast<std::int64_t>(size)) + " B through PlugBroker",
          measure_calls(client, size, options["calls"].as<unsigned>()));
    if (options.count("process") != 0) {
      print(grouped(static_cast<std::int64_t>(size)) + " B, one process per call",
            measure_one_process_per_call(options["process"].as<std::string>(), size,
                                         options["process-calls"].as<unsigned>()));
    }
  }
  plugbroker_client_destroy(client);
}

}  // namespace
}  // namespace plugbroker::bench

int main(int count, char** values) {
  namespace po = boost::program_options;
  po::options_description known("call_latency");
  known.add_options()("help", "print this")("pipe", po::value<std::string>()->default_value(R"(\\.\pipe\PlugBroker)"),
                                            "the service's pipe")(
      "service", po::value<std::string>()->default_value("PlugBroker"), "the service's name")(
      "size", po::value<std::vector<std::size_t>>()->default_value({64, 65536}, "64 65536")->multitoken(),
      "bytes in request and reply")("calls", po::value<unsigned>()->default_value(1000), "measured calls of each size")(
      "process", po::value<std::string>(), "the program to start once per call, for comparison")(
      "process-calls", po::value<unsigned>()->default_value(20), "such calls of each size");
  try {
    po::variables_map options;
    po::store(po::parse_command_line(count, values, known), options);
    if (options.count("help") != 0) {
      std::cout << known;
      return 0;
    }
    po::notify(options);
    plugbroker::bench::run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "call_latency: %s\n", error.what());
    return 1;
  }
  return 0;
}
