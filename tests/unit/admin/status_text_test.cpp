// SPDX-License-Identifier: Apache-2.0
#include "broker_core/admin/status_text.h"

#include <gmock/gmock.h>

#include "tests/unit/admin/sample_snapshot.h"

namespace plugbroker::admin {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(StatusText, ShowsTheStatusForPeople) {
  const engine::Snapshot snapshot = sample_snapshot();

  const Result<std::string> text = status_text(status_json(&snapshot, sample_context()));

  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text, R"(PlugBroker 0.1.0: running for 1 h, as of 20 ms ago
process 99, pipe \\.\pipe\PlugBroker, admin pipe \\.\pipe\PlugBroker.Admin
sessions 3 and 1 half open, calls in progress 2, bytes held 5, protocol errors 4
calls accepted 12: 9 ok, 1 not_found
calls denied 13, refused by a user's quota 14 (see access_denied and quota_exceeded in the log)

POOL       WORKERS  MIN..MAX  WAITING  STARTED  FAILED  ROUTES
documents  1        1..4      6        7        8       echo, text.stats

WORKER  POOL       PROCESS  STATE  CALLS  DONE  AGE    MEMORY
5       documents  432      busy   1      8     1 min  12.0 MiB

documents: last failure 5 s ago: worker 6 ended with exit code 1; backing off, next start in 1 s
)");
}

TEST(StatusText, ShowsNoTableOfWorkersWhenThereIsNone) {
  engine::Snapshot snapshot = sample_snapshot();
  for (engine::PoolSnapshot& pool : snapshot.pools) pool.workers.clear();

  const Result<std::string> text = status_text(status_json(&snapshot, sample_context()));

  ASSERT_TRUE(text.ok());
  EXPECT_THAT(*text, HasSubstr("documents  0"));
  EXPECT_THAT(*text, Not(HasSubstr("WORKER ")));
}

TEST(StatusText, SaysAtOnceThatTheServiceIsDegraded) {
  engine::Snapshot snapshot = sample_snapshot();
  snapshot.pools[0].workers.clear();

  const Result<std::string> text = status_text(status_json(&snapshot, sample_context()));

  EXPECT_THAT(*text,
              HasSubstr("PlugBroker 0.1.0: running, degraded (below the minimum of workers: documents) for 1 h"));
}

TEST(StatusText, ShowsAServiceThatHasPublishedNothing) {
  const Result<std::string> text = status_text(status_json(nullptr, sample_context()));

  ASSERT_TRUE(text.ok());
  EXPECT_THAT(*text, HasSubstr("PlugBroker 0.1.0: starting, nothing published yet"));
  EXPECT_THAT(*text, Not(HasSubstr("POOL")));
}

TEST(StatusText, TakesNoTimeOfTheProcessForTheTimeThatItStops) {
  engine::Snapshot snapshot = sample_snapshot();
  snapshot.state = engine::BrokerState::stopping;

  const Result<std::string> text = status_text(status_json(&snapshot, sample_context()));

  EXPECT_THAT(*text, HasSubstr("PlugBroker 0.1.0: stopping, started 1 h ago, as of 20 ms ago"));
}

TEST(StatusText, NamesTheRoutesOfItsPoolThatAWorkerDoesNotOffer) {
  engine::Snapshot snapshot = sample_snapshot();
  snapshot.pools[0].workers[0].lacks_routes = {"text.stats", "echo"};

  const Result<std::string> text = status_text(status_json(&snapshot, sample_context()));

  EXPECT_THAT(*text, HasSubstr("\ndocuments: worker 5 does not offer text.stats, echo\n"));
}

TEST(StatusText, SaysThatAPoolAwaitsAWorkerUntilOneIsAttached) {
  engine::Snapshot snapshot = sample_snapshot();
  snapshot.pools[0].attached_only = true;
  const Result<std::string> with_one = status_text(status_json(&snapshot, sample_context()));
  snapshot.pools[0].workers.clear();

  const Result<std::string> without = status_text(status_json(&snapshot, sample_context()));

  EXPECT_THAT(*with_one, Not(HasSubstr("awaits")));
  EXPECT_THAT(*without, HasSubstr("documents: starts no worker, and awaits one that is attached "
                                  "(PLUGBROKER_ATTACH=documents)\n"));
}

TEST(StatusText, ShowsHowThePoolsAreDoing) {
  const engine::Snapshot snapshot = sample_snapshot();

  const Result<std::string> text = status_text(status_json(&snapshot, sample_context()), {.part = StatusPart::pools});

  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text, R"(POOL       STATE    WORKERS  MIN..MAX  WAITING  LONGEST  STARTED  FAILED  RECYCLED
documents  serving  1        1..4      6        1 s      7        8       9 memory, 10 operator_asked

documents: last failure 5 s ago: worker 6 ended with exit code 1; backing off, next start in 1 s
)");
}

TEST(StatusText, ShowsTheWorkersOfOnePool) {
  engine::Snapshot snapshot = sample_snapshot();
  snapshot.pools.push_back(snapshot.pools[0]);
  snapshot.pools[1].name = "images";
  snapshot.pools[1].last_failure.clear();
  snapshot.pools[1].workers[0].private_bytes = 0;

  const Result<std::string> text =
      status_text(status_json(&snapshot, sample_context()), {.part = StatusPart::workers, .pool = "images"});

  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text, R"(WORKER  POOL    PROCESS  STATE  CALLS  DONE  AGE    MEMORY
5       images  432      busy   1      8     1 min  -
)");
}

TEST(StatusText, ShowsPoolAndWorkersAfterAnOperation) {
  const engine::Snapshot snapshot = sample_snapshot();

  const Result<std::string> text =
      status_text(status_json(&snapshot, sample_context()), {.part = StatusPart::operated, .pool = "documents"});

  EXPECT_THAT(*text, HasSubstr("POOL       STATE"));
  EXPECT_THAT(*text, HasSubstr("\n\nWORKER  POOL"));
  EXPECT_THAT(*text, Not(HasSubstr("PlugBroker")));
}

TEST(StatusText, NamesWhatTheSystemDoesNotEnforceWithEverythingOnly) {
  const engine::Snapshot snapshot = sample_snapshot();
  StatusContext context = sample_context();
  context.not_enforced = {"documents: its integrity is high, not medium", "a \x1b[2J"};
  const std::string document = status_json(&snapshot, context);

  EXPECT_THAT(*status_text(document),
              HasSubstr("NOT ENFORCED by this system: documents: its integrity is high, not medium\n"
                        "NOT ENFORCED by this system: a \\x1b[2J\n"));
  EXPECT_THAT(*status_text(document, {.part = StatusPart::pools}), Not(HasSubstr("NOT ENFORCED")));
}

TEST(StatusText, SaysThatThereIsNothingToShow) {
  engine::Snapshot snapshot = sample_snapshot();
  snapshot.pools[0].workers.clear();
  snapshot.pools[0].last_failure.clear();
  const std::string document = status_json(&snapshot, sample_context());

  EXPECT_EQ(*status_text(document, {.part = StatusPart::workers}), "no worker\n");
  EXPECT_EQ(*status_text(status_json(nullptr, sample_context()), {.part = StatusPart::pools}), "no pool\n");
  EXPECT_EQ(status_text(document, {.part = StatusPart::workers, .pool = "x"}).status(),
            (Status{StatusCode::not_found, "the service has no pool \"x\""}));
}

TEST(StatusText, RefusesWhatIsNoStatus) {
  EXPECT_EQ(status_text("").status().code, StatusCode::invalid_argument);
  EXPECT_EQ(status_text("[]").status().code, StatusCode::invalid_argument);
  EXPECT_EQ(status_text("{}").status().code, StatusCode::invalid_argument);
}

TEST(StatusText, TakesADocumentWithStrangeFields) {
  EXPECT_TRUE(status_text(R"({"schema_version":2,"pools":[1,{"name":5,"workers":[7,{}],"routes":[null]}],
                              "calls_by_status":[],"sessions":"x"})")
                  .ok());
}

TEST(StatusText, LetsNothingThroughThatMovesTheCursor) {
  const Result<std::string> text = status_text(R"({"schema_version":1,"state":"\u001b[2J"})");

  ASSERT_TRUE(text.ok());
  EXPECT_THAT(*text, HasSubstr(R"(\x1b[2J)"));
}

}  // namespace
}  // namespace plugbroker::admin
