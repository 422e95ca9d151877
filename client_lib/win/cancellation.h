// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "client_lib/core/call.h"
#include "client_lib/win/locks.h"

namespace plugbroker::client {

class Client;

/// What calls and a cancellation handle share: cancels every call that is attached, at once or as soon as it attaches.
///
/// Owned by its handle and by the calls that are attached, whichever lets go last. Lock order: this lock, then a
/// client's.
class Cancellation {
 public:
  /// A call's place in the list of a cancellation; detaches itself at its end, which must not be under a client's lock.
  class Attachment {
   public:
    Attachment() = default;
    Attachment(const Attachment&) = delete;
    Attachment& operator=(const Attachment&) = delete;
    ~Attachment() { detach(); }

    /// `to` may be null. Cancels at once if the handle was. The call was submitted to `client`.
    void attach(Cancellation* to, Client& client, Call& call) noexcept;
    void detach() noexcept;

   private:
    friend class Cancellation;
    Cancellation* to_ = nullptr;
    Client* client_ = nullptr;
    Call* call_ = nullptr;
    Attachment* next_ = nullptr;
  };

  void cancel() noexcept;
  void release() noexcept;

 private:
  ~Cancellation() = default;

  SrwLock lock_;
  bool cancelled_ = false;
  int owners_ = 1;
  Attachment* attached_ = nullptr;
};

}  // namespace plugbroker::client
