// SPDX-License-Identifier: Apache-2.0
// text_stats FILE...: asks the route text.stats about each file and prints what it answers.
#include <plugbroker/plugbroker.hpp>

#include <fstream>
#include <iostream>
#include <iterator>

int main(int argc, char** argv) {
  plugbroker::ClientOptions options;
  options.user_name = "text_stats";
  options.log = [](void*, std::int32_t, const char* text) { std::cerr << "plugbroker: " << text << '\n'; };
  auto client = plugbroker::Client::create(options);
  if (!client) return 2;

  int failures = 0;
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const plugbroker::CallOptions call{.deadline = std::chrono::seconds{5}, .content_type = "text/plain"};
    const auto reply = client->call("text.stats", text, call);
    if (reply) {
      std::cout << argv[i] << ": " << reply->text() << '\n';
    } else {
      std::cerr << argv[i] << ": " << reply.error().status_name() << ": " << reply.error().message << '\n';
      ++failures;
    }
  }
  return failures == 0 ? 0 : 1;
}
