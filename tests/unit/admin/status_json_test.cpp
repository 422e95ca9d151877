// SPDX-License-Identifier: Apache-2.0
#include "broker_core/admin/status_json.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "tests/unit/admin/sample_snapshot.h"

namespace plugbroker::admin {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

json::value status_of(const engine::Snapshot* snapshot) {
  return json::parse(status_json(snapshot, sample_context()));
}

TEST(StatusJson, SaysEverythingOfTheSnapshot) {
  const engine::Snapshot snapshot = sample_snapshot();

  const json::value status = status_of(&snapshot);

  const json::value expected = json::parse(R"x({
    "schema_version": 1, "service_name": "PlugBroker", "version": "0.1.0", "process_id": 99,
    "pipe": "\\\\.\\pipe\\PlugBroker", "admin_pipe": "\\\\.\\pipe\\PlugBroker.Admin",
    "restart_needed": [], "not_enforced": [],
    "state": "running", "degraded_pools": [], "snapshot_age_ms": 20, "uptime_ms": 3600000,
    "sessions": 3, "half_open_connections": 1, "calls_in_progress": 2, "calls_accepted": 12,
    "calls_by_status": {"ok": 9, "cancelled": 0, "unknown": 0, "invalid_argument": 0, "deadline_exceeded": 0,
      "not_found": 1, "already_exists": 0, "permission_denied": 0, "resource_exhausted": 0, "failed_precondition": 0,
      "aborted": 0, "out_of_range": 0, "unimplemented": 0, "internal": 0, "unavailable": 0, "data_loss": 0,
      "unauthenticated": 0},
    "protocol_errors": 4, "buffered_bytes": 5, "held_bytes": 8192, "calls_denied": 13, "quota_refusals": 14,
    "callers": [{"sid": "S-1-5-21-1", "account": "HOST\\someone", "sessions": 3, "calls_in_progress": 2,
      "queued_bytes": 4096, "bytes_being_written": 100, "refused": 14}],
    "pools": [{"name": "documents", "routes": ["echo", "text.stats"], "min_workers": 1, "max_workers": 4,
      "concurrency": 2, "calls_waiting": 6, "workers_started": 7, "workers_failed": 8,
      "last_failure": "worker 6 ended with exit code 1", "last_failure_age_ms": 5000, "next_start_in_ms": 1000,
      "attached_only": false, "spare_workers": 2, "drained": false, "breaker": "closed", "failures_in_window": 3,
      "recycles": {"calls": 0, "age": 0, "memory": 9, "schedule": 0, "files_changed": 0, "configuration": 0,
        "operator_asked": 10},
      "last_recycle_problem": "", "longest_wait_ms": 1500, "calls_repeated": 11,
      "access": "D:(A;;0x1;;;AU)", "route_access": {"text.stats": "D:(A;;0x1;;;IU)"},
      "workers": [{"id": 5, "process_id": 432, "state": "busy", "calls_in_progress": 1, "calls_completed": 8,
        "age_ms": 60000, "lacks_routes": [], "private_bytes": 12582912, "to_be_recycled": false,
        "recycle_reason": null}]}]})x");
  EXPECT_EQ(json::serialize(status), json::serialize(expected));
}

TEST(StatusJson, SaysThatNothingWasPublishedYet) {
  const json::value status = status_of(nullptr);

  EXPECT_EQ(status.at("state"), "starting");
  EXPECT_TRUE(status.at("snapshot_age_ms").is_null());
  EXPECT_TRUE(status.at("pools").as_array().empty());
}

TEST(StatusJson, NamesThePoolsBelowTheirMinimumUnlessTheServiceStops) {
  engine::Snapshot snapshot = sample_snapshot();
  snapshot.pools[0].workers.clear();
  EXPECT_EQ(status_of(&snapshot).at("degraded_pools"), (json::array{"documents"}));

  snapshot.state = engine::BrokerState::starting;
  EXPECT_EQ(status_of(&snapshot).at("degraded_pools"), (json::array{"documents"}));

  snapshot.state = engine::BrokerState::stopping;
  EXPECT_EQ(status_of(&snapshot).at("degraded_pools"), json::array{});
}

TEST(StatusJson, HasNoAccessForAPoolThatWasTakenAway) {
  engine::Snapshot snapshot = sample_snapshot();
  snapshot.pools[0].name = "gone";

  const json::value pool = status_of(&snapshot).at("pools").at(0);

  EXPECT_TRUE(pool.at("access").is_null());
  EXPECT_TRUE(pool.at("route_access").as_object().empty());
}

TEST(StatusJson, HasNullsForAPoolThatNeverFailed) {
  engine::Snapshot snapshot = sample_snapshot();
  snapshot.pools[0].last_failure.clear();
  snapshot.pools[0].next_start = {};

  const json::value pool = status_of(&snapshot).at("pools").at(0);

  EXPECT_EQ(pool.at("last_failure"), "");
  EXPECT_TRUE(pool.at("last_failure_age_ms").is_null());
  EXPECT_TRUE(pool.at("next_start_in_ms").is_null());
}

TEST(StatusJson, SaysOfEachWorkerWhyItIsToBeRecycledAndThatItsMemoryIsNotKnownYet) {
  engine::Snapshot snapshot = sample_snapshot();
  snapshot.pools[0].workers[0].private_bytes = 0;
  snapshot.pools[0].workers[0].to_be_recycled = true;
  snapshot.pools[0].workers[0].recycle_reason = engine::RecycleReason::files_changed;

  const json::value worker = status_of(&snapshot).at("pools").at(0).at("workers").at(0);

  EXPECT_TRUE(worker.at("private_bytes").is_null());
  EXPECT_EQ(worker.at("to_be_recycled"), true);
  EXPECT_EQ(worker.at("recycle_reason"), "files_changed");
}

TEST(StatusJson, NamesTheStateOfABreaker) {
  engine::Snapshot snapshot = sample_snapshot();
  snapshot.pools[0].breaker = engine::BreakerState::open;
  EXPECT_EQ(status_of(&snapshot).at("pools").at(0).at("breaker"), "open");

  snapshot.pools[0].breaker = engine::BreakerState::half_open;
  EXPECT_EQ(status_of(&snapshot).at("pools").at(0).at("breaker"), "half_open");
}

TEST(StatusJson, NeverHasANegativeTime) {
  engine::Snapshot snapshot = sample_snapshot();
  snapshot.taken_at = at(3800s);
  snapshot.pools[0].next_start = at(3000s);

  const json::value status = status_of(&snapshot);

  EXPECT_EQ(status.at("snapshot_age_ms"), 0);
  EXPECT_EQ(status.at("pools").at(0).at("next_start_in_ms"), 0);
}

TEST(StatusJson, IsValidUtf8WhateverAWorkerWrote) {
  engine::Snapshot snapshot = sample_snapshot();
  snapshot.pools[0].last_failure = "\xFF\x1b\n";

  const json::value pool = status_of(&snapshot).at("pools").at(0);

  EXPECT_EQ(pool.at("last_failure"), R"(\xff\x1b\n)");
}

}  // namespace
}  // namespace plugbroker::admin
