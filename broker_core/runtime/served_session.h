// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker_core/base/bytes.h"
#include "broker_core/base/limits.h"
#include "broker_core/base/time.h"
#include "broker_core/protocol/credit.h"
#include "broker_core/protocol/frame_reader.h"
#include "broker_core/protocol/messages.h"
#include "broker_core/runtime/request_server.h"

namespace plugbroker::runtime {

/// The bounds of a RequestServer.
namespace served {
inline constexpr std::size_t max_request_bytes = 64 * 1024;
inline constexpr std::uint32_t max_streams = 16;           ///< Of one session.
inline constexpr std::size_t max_reply_bytes = 16u << 20;  ///< Waiting to be sent, of one session.
inline constexpr std::size_t max_sessions = 64;            ///< More are closed at once.
}  // namespace served

/// One client of a RequestServer, without I/O: bytes in, bytes out, `now` passed in.
///
/// Every REQUEST gets exactly one END while the session lives. What a client may make it hold is bounded: a request of
/// 64 KiB for each of 16 streams, replies of 16 MiB, control frames of 64 KiB.
class ServedSession {
 public:
  struct Surroundings {
    std::function<std::string()> caller;  ///< For its requests.
    /// Has a reply made on another thread; answer() gets it. False when too many wait.
    std::function<bool(std::uint64_t stream, SlowReply)> run_slow;
  };

  /// `server` tells the client this server's limits; `handler` must outlive the session.
  ServedSession(const protocol::PeerDescription& server, const protocol::InstanceId& instance, RequestHandler& handler,
                Surroundings surroundings, TimePoint opened);

  void receive(ByteView bytes, TimePoint now);

  /// What a slow reply has come to. Harmless for a stream that has ended meanwhile.
  void answer(std::uint64_t stream, ServedReply reply);

  /// Appends at most `max_bytes` of whole frames, control frames first; 0 when there is nothing to send now.
  std::size_t take_output(std::vector<std::byte>& buffer, std::size_t max_bytes);

  /// Ends calls whose deadline has passed, and the session when HELLO did not come in time.
  void expire(TimePoint now);
  /// When expire() has something to do; far_future when nothing is due.
  [[nodiscard]] TimePoint next_timer() const;

  /// Takes no new calls: GOAWAY, then closing().
  void stop();

  /// Set once nothing more is read: send what take_output() still gives, then close.
  [[nodiscard]] bool closing() const { return closing_; }

 private:
  struct Stream {
    std::string route;
    std::vector<std::byte> request;
    protocol::ReceiveWindow receive_window;
    protocol::SendWindow send_window;
    TimePoint deadline;
    bool in_message = false;   ///< The request's last frame said that its message goes on.
    bool has_message = false;  ///< The request's message is complete; its half-close is not there.
    bool complete = false;     ///< The request is.
    bool answered = false;     ///< Only the rest of the reply is left.
    ServedReply reply;
    std::size_t sent = 0;  ///< Of the reply's payload.
  };
  using Streams = std::map<std::uint64_t, Stream>;

  void take_frame(const protocol::Frame& frame, TimePoint now);
  void take_first(const protocol::Frame& frame);
  void take_request(const protocol::Frame& frame, TimePoint now);
  /// Why a REQUEST gets END at once; ok when it does not.
  [[nodiscard]] Status check_request(const protocol::Frame& frame, const protocol::RequestMeta& meta) const;
  void take_data(const protocol::Frame& frame);
  void take_part(Streams::iterator place, const protocol::Frame& frame);
  void take_window(const protocol::Frame& frame);
  void take_cancel(const protocol::Frame& frame);
  void take_ping(const protocol::Frame& frame);
  /// Frames that a client may send but that change nothing here: only checked.
  void check_remark(const protocol::Frame& frame);
  void take_unknown(const protocol::Frame& frame);

  /// Charges the connection for a REQUEST or DATA and gives that credit back: its bytes are taken or dropped at once.
  /// False after a protocol error.
  [[nodiscard]] bool charge_connection(const protocol::Frame& frame);
  /// Of a DATA or CANCEL, which have none that is known. False after a protocol error.
  [[nodiscard]] bool check_no_metadata(const protocol::Frame& frame);
  /// The open stream of a frame; the end when it has ended already or, after a protocol error, never was.
  [[nodiscard]] Streams::iterator find_open(const protocol::Frame& frame);
  void serve(Streams::iterator place);
  void take_reply(Streams::iterator place, ServedReply reply);
  /// Appends the next DATA of a reply, or its END; false when credit or room is short.
  [[nodiscard]] bool send_part(Streams::iterator place, std::vector<std::byte>& buffer, std::size_t room);
  void refuse(std::uint64_t stream, const Status& status, RetryClass retry);
  void end_early(Streams::iterator place, const Status& status, RetryClass retry);
  Streams::iterator erase(Streams::iterator place);
  void protocol_error(std::string_view reason);

  protocol::PeerDescription server_;
  protocol::InstanceId instance_;
  RequestHandler& handler_;
  Surroundings surroundings_;
  TimePoint hello_by_;
  protocol::FrameReader reader_;
  protocol::PeerLimits client_;
  protocol::ReceiveWindow receive_window_;
  protocol::SendWindow send_window_{0};
  Streams streams_;
  std::uint64_t last_stream_ = 0;
  std::uint64_t last_served_ = 0;   ///< Whose turn it was to send; the next higher one goes first.
  std::size_t reply_bytes_ = 0;     ///< Of all streams' replies.
  std::vector<std::byte> control_;  ///< Whole frames, waiting.
  bool open_ = false;               ///< The opening is done.
  bool closing_ = false;
};

}  // namespace plugbroker::runtime
