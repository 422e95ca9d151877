// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker_core/protocol/credit.h"
#include "broker_core/protocol/frame_reader.h"
#include "broker_core/protocol/messages.h"
#include "client_lib/core/call.h"

namespace plugbroker::client {

/// What a ClientConnection has to tell of itself.
struct ConnectionEvent {
  enum class Kind : std::uint8_t {
    opened,        ///< The server accepted; calls may start.
    refused,       ///< The server refused at the opening, for the reason in `status`.
    not_our_peer,  ///< What came before the opening was done was no PlugBroker; `status` says why.
    going_away,    ///< The server takes no new calls here; those that it accepted go on.
    broken         ///< The server broke the protocol, as `status` says; close once the output is written.
  };
  Kind kind = Kind::opened;
  Status status;
};

/// The client's end of one connection, without any I/O: bytes in, bytes and events out.
///
/// Each call that was started ends, or goes back to waiting (no byte of it was sent, or the server said that it took
/// none of it), exactly once, unless its owner abandoned it; next_changed() tells. Whatever bytes come in, memory stays
/// bounded: a reply's message by the agreed max_payload, a stream's messages by its window besides, control frames by
/// limits::max_queued_control_bytes. Allocates nothing for a call once it has had as many at a time.
class ClientConnection {
 public:
  /// `self` is what this side tells at the opening. The HELLO is ready to be written at once.
  explicit ClientConnection(const protocol::PeerDescription& self);
  ClientConnection(const ClientConnection&) = delete;
  ClientConnection& operator=(const ClientConnection&) = delete;

  /// True when the connection is open and the server takes one more stream.
  [[nodiscard]] bool can_start() const noexcept;

  /// Only when can_start(); `call` is in no list but with news.
  void start(Call& call);

  /// Nobody has more interest in `call`, which was started: it is not sent if no byte of it was, else the server is
  /// asked to cancel. It is not touched any more; its stage is `idle`. Returns whether any byte of it was handed to a
  /// write.
  bool abandon(Call& call);

  /// Like abandon(), but the server is told nothing, and it needs no memory: for a connection that ends.
  void drop(Call& call) noexcept;

  /// The request of `call` has more to send than it had.
  void request_grew(Call& call) noexcept;
  /// The application took stored bytes of `call`, for which so much credit is due.
  void reply_taken(Call& call, std::uint32_t credit);

  /// Bytes came in. They need not stay valid. Does nothing once the connection is over.
  void receive(ByteView bytes);

  /// The pipe is gone. Every call ends or goes back; `reason` goes into the outcomes.
  void lose(std::string_view reason);

  /// Fills `buffer` (cleared first) with at most limits::max_write_bytes: control frames first, then the requests in
  /// turn. What is in it counts as handed to a write. Empty when there is nothing to send.
  void produce(std::vector<std::byte>& buffer, TimePoint now);

  [[nodiscard]] bool has_control_output() const noexcept { return !control_.empty(); }

  /// The next thing that happened, oldest first.
  [[nodiscard]] std::optional<ConnectionEvent> next_event();
  /// The next call with news: it ended, goes back (its stage is `waiting`), has more of its reply, or has sent
  /// something. Null when there is none.
  [[nodiscard]] Call* next_changed() noexcept { return changed_.pop_front(); }

  /// True when nothing more will come of this connection: close it as soon as no write is outstanding.
  [[nodiscard]] bool finished() const noexcept;
  /// True when the pipe is gone, or nothing may be written to it any more.
  [[nodiscard]] bool lost() const noexcept { return state_ == State::closed; }
  [[nodiscard]] bool is_open() const noexcept { return state_ == State::open; }
  /// Open streams, abandoned ones whose END is still out included.
  [[nodiscard]] std::size_t streams() const noexcept { return streams_.size(); }
  /// What the server told at the opening, with the limits that hold for both sides.
  [[nodiscard]] const protocol::PeerDescription& peer() const noexcept { return peer_; }

 private:
  enum class State : std::uint8_t { opening, open, going_away, broken, closed };

  struct Stream {
    std::uint64_t id;
    Call* call;  ///< Null once abandoned.
    protocol::SendWindow send;
    protocol::ReceiveWindow receive;
  };
  /// In the order of their ids, which only grow: found by bisection, and no memory of its own for each.
  using Streams = std::vector<Stream>;

  // Receiving.
  void agree_on_limits();
  void handle(const protocol::Frame& frame);
  void handle_opening(const protocol::Frame& frame);
  void handle_data(const protocol::Frame& frame);
  void handle_end(const protocol::Frame& frame);
  void handle_window(const protocol::Frame& frame);
  void handle_ping(const protocol::Frame& frame);
  void handle_goaway(const protocol::Frame& frame);
  void handle_unknown(const protocol::Frame& frame);
  void take_unary_bytes(Stream& stream, const protocol::Frame& frame);
  void take_stream_bytes(Stream& stream, const protocol::Frame& frame);
  /// Returns stream credit, and sends it when enough is due.
  void release(Stream& stream, std::uint32_t charge);
  /// Ends a sent call with a failure found here, and asks the server to cancel it.
  void give_up(Call& call, StatusCode code, std::string_view why);
  /// Null when the id is of no open stream; then a protocol error was raised if it never was one.
  [[nodiscard]] Stream* find_stream(std::uint64_t id, std::string_view frame_name);
  void protocol_error(const std::string& reason);

  // Sending.
  [[nodiscard]] std::size_t room_for(const std::vector<std::byte>& buffer, std::size_t overhead) const noexcept;
  [[nodiscard]] bool write_request(std::vector<std::byte>& buffer, TimePoint now);
  [[nodiscard]] bool write_data(std::vector<std::byte>& buffer, Call& call);
  void check_control_bound();

  // The end of calls.
  [[nodiscard]] Stream* open_stream(std::uint64_t id) noexcept;
  void close_stream(Stream& stream) noexcept;
  void detach(Call& call) noexcept;
  void tell(Call& call) noexcept;
  void end_call(Call& call) noexcept;
  void go_back(Call& call) noexcept;
  void end_streams(StatusCode code, std::string_view why) noexcept;
  void return_unsent() noexcept;
  void raise(ConnectionEvent::Kind kind, Status status = {});

  protocol::PeerDescription self_;
  protocol::PeerDescription peer_;
  State state_ = State::opening;
  protocol::FrameReader reader_;
  protocol::SendWindow connection_send_{0};
  protocol::ReceiveWindow connection_receive_;
  protocol::WindowGrowth growth_{limits::stream_window_max_bytes, limits::window_growth_bytes};
  std::vector<std::byte> control_;
  std::size_t unsent_count_ = 0;
  PlaceList unsent_;
  PlaceList sending_;  ///< Sent calls that may have something to send, in turn.
  Streams streams_;
  ChangedList changed_;
  std::uint64_t last_stream_ = 0;
  std::string goaway_message_;
  std::array<ConnectionEvent, 4> events_;  ///< No kind comes twice, and no more of them on one connection.
  std::size_t events_raised_ = 0;
  std::size_t events_told_ = 0;
};

}  // namespace plugbroker::client
