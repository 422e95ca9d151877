// SPDX-License-Identifier: Apache-2.0
// The shortest way through everything: service, worker, client library.
#include <gmock/gmock.h>

#include "tests/integration/harness/test_caller.h"

namespace plugbroker::harness {
namespace {

TEST(Smoke, AnInstalledServiceAnswersACallThroughACSharpWorker) {
  InstalledService service({.pools = {documents_pool()}});
  service.start();

  const CallReport answer = call(service, "markdown.to_html", "# It *works*");

  EXPECT_EQ(answer.status, "ok");
  EXPECT_EQ(answer.origin, "worker");
  EXPECT_THAT(answer.reply, testing::HasSubstr("It <em>works</em>"));
}

}  // namespace
}  // namespace plugbroker::harness
