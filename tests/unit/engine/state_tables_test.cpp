// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/state_tables.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "broker_core/engine/diagrams/state_diagrams.h"

namespace plugbroker::engine {
namespace {

/// Every state that can be reached from the first row's, by walking the table.
template <typename State, typename Happening, std::size_t states, std::size_t happenings>
std::set<State> reachable(const StateMachine<State, Happening, states, happenings>& machine) {
  std::set<State> found{machine.rows().front().from};
  for (std::size_t round = 0; round < states; ++round) {
    for (const auto& row : machine.rows()) {
      if (found.contains(row.from)) found.insert(row.to);
    }
  }
  return found;
}

/// How many cells of the machine lead somewhere.
template <typename State, typename Happening, std::size_t states, std::size_t happenings>
std::size_t cells(const StateMachine<State, Happening, states, happenings>& machine) {
  std::size_t count = 0;
  for (std::size_t state = 0; state < states; ++state) {
    for (std::size_t on = 0; on < happenings; ++on) {
      count +=
          static_cast<std::size_t>(machine.next(static_cast<State>(state), static_cast<Happening>(on)).has_value());
    }
  }
  return count;
}

/// The states that no row leaves.
template <typename State, typename Happening, std::size_t states, std::size_t happenings>
std::set<State> final_states(const StateMachine<State, Happening, states, happenings>& machine) {
  std::set<State> found = reachable(machine);
  for (const auto& row : machine.rows()) {
    if (row.from != row.to) found.erase(row.from);
  }
  return found;
}

template <typename Machine>
void expect_each_row_is_applied(const Machine& machine) {
  for (const auto& row : machine.rows()) {
    auto state = row.from;
    machine.apply(state, row.on);
    EXPECT_EQ(state, row.to) << to_string(row.from) << " on " << to_string(row.on);
  }
  EXPECT_EQ(cells(machine), machine.rows().size());
}

TEST(StateTables, MoveExactlyAsTheirRowsSay) {
  expect_each_row_is_applied(session_machine);
  expect_each_row_is_applied(worker_machine);
  expect_each_row_is_applied(call_machine);
  expect_each_row_is_applied(breaker_machine);
}

TEST(StateTables, ReachEveryState) {
  EXPECT_EQ(reachable(session_machine).size(), session_states);
  EXPECT_EQ(reachable(worker_machine).size(), worker_states);
  EXPECT_EQ(reachable(call_machine).size(), call_states);
  EXPECT_EQ(reachable(breaker_machine).size(), breaker_states);
}

TEST(StateTables, EndInOneStateEach) {
  EXPECT_EQ(final_states(session_machine), std::set{SessionState::closing});
  EXPECT_EQ(final_states(worker_machine), std::set{WorkerState::gone});
  EXPECT_EQ(final_states(call_machine), std::set{CallState::gone});
}

TEST(StateTables, LetABreakerComeBackFromEveryState) {
  EXPECT_TRUE(final_states(breaker_machine).empty());
}

TEST(StateTables, LetNoCallHaveTwoOutcomes) {
  EXPECT_FALSE(call_machine.next(CallState::ended, CallHappening::outcome_decided));
  EXPECT_FALSE(call_machine.next(CallState::abandoned, CallHappening::outcome_decided));
  EXPECT_FALSE(call_machine.next(CallState::ended, CallHappening::worker_ended));
  EXPECT_FALSE(call_machine.next(CallState::answered, CallHappening::worker_ended));
}

TEST(StateTables, GiveNoCallToAWorkerThatIsNotReady) {
  EXPECT_FALSE(worker_machine.next(WorkerState::starting, WorkerHappening::call_given));
  EXPECT_FALSE(worker_machine.next(WorkerState::draining, WorkerHappening::call_given));
  EXPECT_FALSE(worker_machine.next(WorkerState::gone, WorkerHappening::call_given));
}

TEST(StateTablesDeathTest, StopTheProcessOnWhatCannotHappen) {
  SessionState state = SessionState::closing;
  EXPECT_DEATH(session_machine.apply(state, SessionHappening::identified), "broken invariant");
}

TEST(StateDiagrams, InTheArchitectureDocumentAreThoseOfTheTables) {
  std::ifstream file{"docs/ARCHITECTURE.md", std::ios::binary};
  ASSERT_TRUE(file) << "run from the repository root";
  std::ostringstream text;
  text << file.rdbuf();
  const std::string begin = "<!-- state diagrams: begin -->\n";
  const std::string document = text.str();
  const std::size_t from = document.find(begin) + begin.size();
  const std::size_t to = document.find("<!-- state diagrams: end -->");
  ASSERT_LT(from, to);

  EXPECT_EQ(document.substr(from, to - from), state_diagrams())
      << "Run plugbroker_state_diagrams and put what it prints between the marks in docs/ARCHITECTURE.md";
}

}  // namespace
}  // namespace plugbroker::engine
