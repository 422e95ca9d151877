// SPDX-License-Identifier: Apache-2.0
#include "bench/pipe/plugbroker_contender.h"

#include <windows.h>

#include <atomic>
#include <stdexcept>

namespace plugbroker::bench {
namespace {

constexpr unsigned warm_up_calls = 500;

void call_echo(plugbroker_client* client, const std::string& request) {
  plugbroker_reply* reply = nullptr;
  const plugbroker_status status = plugbroker_call(client, "echo", request.data(), request.size(), nullptr, &reply);
  const std::size_t size = plugbroker_reply_size(reply);
  const std::string message = status == PLUGBROKER_OK ? std::string{} : plugbroker_reply_message(reply);
  plugbroker_reply_free(reply);
  if (status != PLUGBROKER_OK) throw std::runtime_error(plugbroker_status_name(status) + (": " + message));
  if (size != request.size()) throw std::runtime_error("the reply is not the request");
}

/// Calls in flight: each that ends starts the next, on the library's thread, until the time is over.
class Flight {
 public:
  Flight(plugbroker_client* client, std::size_t size, unsigned in_flight, unsigned milliseconds)
      : client_(client),
        request_(size, 'x'),
        end_(GetTickCount64() + milliseconds),
        outstanding_(in_flight),
        landed_(CreateEventW(nullptr, TRUE, FALSE, nullptr)) {}
  ~Flight() { CloseHandle(landed_); }
  Flight(const Flight&) = delete;
  Flight& operator=(const Flight&) = delete;

  /// Starts one of the calls; call it `in_flight` times.
  void start() noexcept {
    const plugbroker_status status = plugbroker_call_start(client_, "echo", request_.data(), request_.size(), nullptr,
                                                           &Flight::ended, this, nullptr);
    if (status != PLUGBROKER_OK) land(status);
  }

  /// Waits for all, and returns how many calls there were.
  [[nodiscard]] std::size_t finish() {
    WaitForSingleObject(landed_, INFINITE);
    const plugbroker_status failure = failure_.load();
    if (failure != PLUGBROKER_OK) throw std::runtime_error(plugbroker_status_name(failure));
    return done_.load();
  }

 private:
  static void PLUGBROKER_ABI ended(void* context, plugbroker_status status, plugbroker_reply* reply) {
    auto& flight = *static_cast<Flight*>(context);
    const bool same = plugbroker_reply_size(reply) == flight.request_.size();
    plugbroker_reply_free(reply);
    if (status == PLUGBROKER_OK && !same) status = PLUGBROKER_INTERNAL;
    if (status == PLUGBROKER_OK) ++flight.done_;
    if (status != PLUGBROKER_OK || GetTickCount64() >= flight.end_) {
      flight.land(status);
    } else {
      flight.start();
    }
  }

  void land(plugbroker_status status) noexcept {
    if (status != PLUGBROKER_OK) failure_.store(status);
    if (--outstanding_ == 0) SetEvent(landed_);
  }

  plugbroker_client* client_;
  std::string request_;
  ULONGLONG end_;
  std::atomic<unsigned> outstanding_;
  std::atomic<std::size_t> done_{0};
  std::atomic<plugbroker_status> failure_{PLUGBROKER_OK};
  HANDLE landed_;
};

}  // namespace

PlugBrokerContender::PlugBrokerContender(const std::string& pipe, const std::string& service) {
  plugbroker_client_options options = plugbroker_client_options_default();
  options.pipe_name = pipe.c_str();
  options.service_name = service.c_str();
  options.user_name = "pipe_bench";
  if (plugbroker_client_create(&options, &client_) != PLUGBROKER_OK) throw std::runtime_error("no client");
  LatencyFigures warm_up;
  measure_latency(64, warm_up_calls, warm_up);
}

PlugBrokerContender::~PlugBrokerContender() {
  plugbroker_client_destroy(client_);
}

void PlugBrokerContender::measure_latency(std::size_t size, unsigned calls, LatencyFigures& figures) {
  const std::string request(size, 'x');
  for (unsigned i = 0; i < calls; ++i) figures.add(timed([&] { call_echo(client_, request); }));
}

double PlugBrokerContender::calls_per_second(std::size_t size, unsigned in_flight, unsigned milliseconds) {
  Flight flight(client_, size, in_flight, milliseconds);
  std::size_t done = 0;
  const std::int64_t elapsed = timed([&] {
    for (unsigned i = 0; i < in_flight; ++i) flight.start();
    done = flight.finish();
  });
  return static_cast<double>(done) * 1e6 / static_cast<double>(elapsed);
}

}  // namespace plugbroker::bench
