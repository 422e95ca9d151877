// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "broker_core/base/limits.h"
#include "broker_core/base/result.h"
#include "broker_core/base/time.h"
#include "broker_core/win/completion_port.h"
#include "broker_core/win/pipe_instance.h"
#include "broker_core/win/security_descriptors.h"
#include "broker_core/win/unique_handle.h"

namespace plugbroker::win {

/// Keeps several instances of one pipe name waiting for clients.
///
/// The name is this process's own from open() to destruction: a first instance that serves nobody is held all the time.
/// Whenever a client has connected, the next instance waits before that client is given out. When an instance can't be
/// made, it tries again after a pause that doubles from 100 ms to 5 s.
class PipeListener {
 public:
  struct Options {
    PipeInstanceOptions instance;
    PipeSecurity security;
    std::size_t pending = limits::pending_pipe_instances;
  };

  /// Fails with already_exists or permission_denied when another process has the name. `port` must outlive the
  /// listener.
  [[nodiscard]] static Result<std::unique_ptr<PipeListener>> open(Options options, HANDLE port);

  /// Only when outstanding() is 0.
  ~PipeListener();
  PipeListener(const PipeListener&) = delete;
  PipeListener& operator=(const PipeListener&) = delete;

  /// Parts of the wanted security that the system refused ("mandatory label", "owner").
  [[nodiscard]] const std::vector<std::string>& left_out() const { return security_.left_out; }

  /// Makes instances until enough are waiting, when it is time to.
  void replenish(TimePoint now);
  /// When replenish() is due again; far_future when enough are waiting.
  [[nodiscard]] TimePoint next_attempt() const;
  /// The error of the last failed attempt, given once per row of failures.
  [[nodiscard]] Status take_failure();

  /// A connected client, not bound to any operation but already to the port; none when there is none.
  [[nodiscard]] UniqueHandle take_connected();
  [[nodiscard]] bool has_connected() const { return !connected_.empty(); }

  /// Takes no more clients. Instances end when their completions were seen; the name is given up at destruction.
  void stop();
  [[nodiscard]] std::size_t outstanding() const;

 private:
  struct Instance;

  PipeListener(Options options, HANDLE port, SecurityChoice security, UniqueHandle holder);
  [[nodiscard]] static Result<UniqueHandle> hold_name(const Options& options, const SecurityDescriptor& security,
                                                      UniqueHandle first);
  [[nodiscard]] Status add_instance();
  void instance_connected(Instance& instance, DWORD error);

  Options options_;
  HANDLE port_;
  SecurityChoice security_;
  UniqueHandle holder_;
  std::vector<std::unique_ptr<Instance>> waiting_;
  std::deque<UniqueHandle> connected_;
  bool stopped_ = false;
  TimePoint next_attempt_{};
  Duration pause_{};
  Status failure_;
};

}  // namespace plugbroker::win
