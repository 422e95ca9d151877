// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "plugbroker/plugbroker.h"

namespace plugbroker::bench {

/// One session with a pipe of the installed service, through the staged library. Errors are std::runtime_error.
class ServiceClient {
 public:
  explicit ServiceClient(const std::string& pipe);
  ~ServiceClient() { plugbroker_client_destroy(client_); }
  ServiceClient(const ServiceClient&) = delete;
  ServiceClient& operator=(const ServiceClient&) = delete;

  /// Calls a route and returns the reply.
  std::string call(const std::string& route, const std::string& request) const;

 private:
  plugbroker_client* client_ = nullptr;
};

/// What an administrator sees and asks for, of the service's one pool `documents`.
class PoolOfDocuments {
 public:
  explicit PoolOfDocuments(const std::string& admin_pipe) : client_(admin_pipe) {}

  struct Worker {
    std::uint64_t number = 0;
    bool serves = false;
  };
  [[nodiscard]] std::vector<Worker> workers() const;
  void recycle() const;
  void kill(std::uint64_t worker) const;

 private:
  ServiceClient client_;
};

}  // namespace plugbroker::bench
