// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/queue_fairness.h"

#include <algorithm>
#include <cstdlib>

namespace plugbroker::sim {
namespace {

using engine::PoolConfig;
using engine::PoolSnapshot;
using engine::WorkerSnapshot;

/// Calls that the broker has given to the pool's workers and they do not have, or that they have ended and it does not
/// know; in all of them one more, or one less, than told.
std::ptrdiff_t calls_on_their_way(const PoolSnapshot& pool, const std::vector<RandomWorker*>& workers) {
  std::ptrdiff_t count = 0;
  for (const WorkerSnapshot& shown : pool.workers) {
    const auto place =
        std::ranges::find(workers, shown.id, [](const RandomWorker* worker) { return worker->process.id; });
    const std::size_t held = place == workers.end() ? 0 : (*place)->held_calls();
    count += std::abs(static_cast<std::ptrdiff_t>(shown.calls_in_progress) - static_cast<std::ptrdiff_t>(held));
  }
  return count;
}

bool has_route(const PoolConfig& pool, const std::string& route) {
  return std::ranges::find(pool.routes, route) != pool.routes.end();
}

std::size_t count_of(const std::map<std::string, std::set<std::string>>& waiting, const std::string& sid) {
  const auto place = waiting.find(sid);
  return place == waiting.end() ? 0 : place->second.size();
}

int cancelled_calls(const std::list<RandomClient>& clients) {
  int count = 0;
  for (const RandomClient& client : clients) {
    const auto place = client.outcomes().find(StatusCode::cancelled);
    if (place != client.outcomes().end()) count += place->second;
  }
  return count;
}

std::ptrdiff_t living(const std::list<RandomClient>& clients) {
  return std::ranges::count_if(clients, [](const RandomClient& client) { return !client.gone(); });
}

}  // namespace

void QueueFairness::check(const Scene& scene) {
  if (scene.is_new) begin(scene);
  for (RandomClient& client : scene.clients) {
    const bool is_late = deaf_.contains(&client);
    for (const RandomClient::Refusal& refusal : client.take_refusals()) {
      if (!is_late) refusals_.emplace_back(&client, refusal);
    }
  }
  for (std::size_t i = 0; i < config_.pools.size(); ++i) {
    if (config_.pools[i].attached_only) continue;
    Queue& queue = queues_[i];
    for (std::string& call : scene.ledger.take_begun(config_.pools[i])) queue.begun.push_back(std::move(call));
    if (scene.snapshot.pools[i].calls_waiting == 0) {
      queue = {};
      continue;
    }
    const std::ptrdiff_t on_their_way = calls_on_their_way(scene.snapshot.pools[i], scene.workers);
    if (on_their_way > 1) queue.is_unclear = true;
    if (on_their_way != 0) continue;
    const std::optional<Callers> waiting = waiting_in(i, scene);
    if (!waiting) continue;
    count_turns(queue, *waiting);
    judge_refusals(i, *waiting, scene);
  }
}

void QueueFairness::begin(const Scene& scene) {
  cancelled_before_ = cancelled_calls(scene.clients);
  clients_before_ = living(scene.clients);
  refusals_.clear();
  deaf_.clear();
  for (const RandomClient& client : scene.clients) {
    if (!client.pipe.reading()) deaf_.insert(&client);
  }
}

std::optional<QueueFairness::Callers> QueueFairness::waiting_in(std::size_t pool, const Scene& scene) {
  Callers waiting;
  std::size_t count = 0;
  for (const RandomClient& client : scene.clients) {
    if (client.gone()) continue;
    if (!client.pipe.reading()) return std::nullopt;
    client.each_open_call([&](const std::string& name, const std::string& route) {
      if (!has_route(config_.pools[pool], route) || scene.ledger.knows(name)) return;
      waiting[client.sid()].insert(name);
      ++count;
    });
  }
  const std::size_t shown = scene.snapshot.pools[pool].calls_waiting;
  if (shown > count) queues_[pool].is_unclear = true;  // Some were put back, and go before all others.
  if (shown != count) return std::nullopt;
  return waiting;
}

void QueueFairness::count_turns(Queue& queue, const Callers& waiting) {
  const std::vector<std::string> begun = std::exchange(queue.begun, {});
  const Callers before = std::exchange(queue.waiting, waiting);
  if (std::exchange(queue.is_unclear, false)) {
    queue.passed_by.clear();
    return;
  }
  std::vector<std::string> patient;  // One of their calls waits since then.
  for (const auto& [sid, calls] : waiting) {
    const auto place = before.find(sid);
    if (place == before.end()) continue;
    if (std::ranges::any_of(calls, [&](const std::string& call) { return place->second.contains(call); }))
      patient.push_back(sid);
  }
  std::erase_if(queue.passed_by,
                [&](const auto& entry) { return std::ranges::find(patient, entry.first) == patient.end(); });
  for (const std::string& call : begun) {
    const std::string sid = call.substr(0, call.find('/'));
    for (const std::string& other : patient) {
      if (other != sid) queue.passed_by[other][sid] += sabotage_ == Sabotage::double_turn ? 2 : 1;
    }
    queue.passed_by.erase(sid);
  }
  for (const auto& [sid, passed] : queue.passed_by) {
    if (std::ranges::any_of(passed, [](const auto& entry) { return entry.second > 1; }))
      violation("caller " + sid + " was passed over twice by another one");
  }
}

void QueueFairness::judge_refusals(std::size_t pool, const Callers& waiting, const Scene& scene) {
  if (scene.speaker == nullptr) return;
  // Who cancelled calls, or went, in the same breath had more of them waiting when it was decided.
  if (cancelled_calls(scene.clients) != cancelled_before_ || living(scene.clients) != clients_before_) return;
  // A call that was put back waits, and its caller has it in the queue, though a worker had it once.
  Callers open;
  for (const RandomClient& client : scene.clients) {
    client.each_open_call([&](const std::string& name, const std::string& route) {
      if (has_route(config_.pools[pool], route)) open[client.sid()].insert(name);
    });
  }
  for (const auto& [client, refusal] : refusals_) {
    if (has_route(config_.pools[pool], refusal.route))
      judge(refusal, count_of(open, client->sid()), *client, waiting, *scene.speaker);
  }
  std::erase_if(refusals_, [&](const auto& entry) { return has_route(config_.pools[pool], entry.second.route); });
}

void QueueFairness::judge(const RandomClient::Refusal& refusal, std::size_t own, const RandomClient& client,
                          const Callers& waiting, const RandomClient& speaker) {
  const std::size_t lie = sabotage_ == Sabotage::uneven_shares ? 4 : 0;
  if (refusal.gave_way) {
    const std::size_t others = count_of(waiting, speaker.sid()) + lie;
    // One of the speaker's may have been refused with the same bytes, and its END be on its way.
    if (own + 1 < others)
      violation("a call gave way to that of a caller who has more of them waiting: " + std::to_string(others) +
                ", and " + client.sid() + " has " + std::to_string(own));
    return;
  }
  if (&client != &speaker) return;
  for (const auto& [sid, calls] : waiting) {
    if (sid != client.sid() && calls.size() + lie >= own + 2)
      violation("a call was refused although another caller has more of them waiting");
  }
}

}  // namespace plugbroker::sim
