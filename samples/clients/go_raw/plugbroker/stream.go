// SPDX-License-Identifier: Apache-2.0

package plugbroker

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// MaxDeadline is the longest a call may take.
const MaxDeadline = maxDeadlineUS * time.Microsecond

// deadlineGrace is how long after the deadline a call without an END is given up.
const deadlineGrace = 500 * time.Millisecond

// cancelGrace is how long after CANCEL a call without an END is given up.
const cancelGrace = 5 * time.Second

// leastChunk is the least payload worth a frame while more is waiting. The receiver owes no WINDOW before half a window
// is due, so nobody may wait for more than half of the smallest window.
const leastChunk = 1024

// Request says what is called.
type Request struct {
	Route          string
	Timeout        time.Duration // zero is MaxDeadline; an earlier deadline of the context holds instead
	ContentType    string
	IdempotencyKey string
	TraceParent    []byte // 25 bytes: trace id, parent id, flags
	TraceState     string
	Metadata       []Pair
}

func (r *Request) meta() ([]byte, error) {
	switch {
	case len(r.Route) < 1 || len(r.Route) > 255:
		return nil, errors.New("a route has 1 to 255 bytes")
	case len(r.IdempotencyKey) > 64:
		return nil, errors.New("an idempotency key has at most 64 bytes")
	case len(r.TraceParent) != 0 && len(r.TraceParent) != 25:
		return nil, errors.New("a traceparent has 25 bytes")
	case len(r.TraceState) > 512:
		return nil, errors.New("a tracestate has at most 512 bytes")
	case len(r.Metadata) > maxPairs:
		return nil, errors.New("there are more than 32 pairs of metadata")
	}
	meta := appendText(nil, tlvRoute, r.Route)
	if r.ContentType != "" {
		meta = appendText(meta, tlvContentType, r.ContentType)
	}
	if r.IdempotencyKey != "" {
		meta = appendText(meta, tlvIdempotencyKey, r.IdempotencyKey)
	}
	if len(r.TraceParent) != 0 {
		meta = appendTLV(meta, tlvTraceparent, r.TraceParent)
	}
	if r.TraceState != "" {
		meta = appendText(meta, tlvTracestate, r.TraceState)
	}
	size := 0
	for _, pair := range r.Metadata {
		if !goodKey(pair.Key) {
			return nil, errors.New("a key of metadata has 1 to 64 bytes of a-z 0-9 . _ -")
		}
		if len(pair.Value) > maxValue {
			return nil, errors.New("a value of metadata has at most 1,024 bytes")
		}
		if size += len(pair.Key) + len(pair.Value); size > maxPairsBytes {
			return nil, errors.New("metadata has at most 4,096 bytes of keys and values")
		}
		value := append([]byte{byte(len(pair.Key))}, pair.Key...)
		meta = appendTLV(meta, tlvAppMetadata, append(value, pair.Value...))
	}
	return meta, nil
}

type part struct {
	payload []byte
	more    bool
}

// ErrEnded is what Send says when the call has ended already. Recv tells how.
var ErrEnded = errors.New("the call has ended")

// Stream is one call. One goroutine may send while another receives.
type Stream struct {
	conn     *Conn
	unary    bool // takes one message
	deadline time.Time
	ended    chan struct{}

	sending   sync.Mutex
	receiving sync.Mutex
	partial   []byte // the message that Recv puts together

	// Under the connection's lock:
	id         uint64
	credit     int64 // what may still be sent
	granted    int64 // what the broker may still send
	due        int64 // credit to be returned
	written    bool  // the REQUEST was handed to a write
	halfClosed bool
	cancelled  bool
	inMessage  bool // the reply's last frame had MORE
	messages   int  // of the reply, begun
	parts      []part
	outcome    *Outcome
	changed    signal
}

// Call sends one message and waits for one. The outcome is nil if there was none to have; the error is the outcome unless
// that is OK.
func (c *Conn) Call(ctx context.Context, request Request, message []byte) ([]byte, *Outcome, error) {
	s, err := c.open(ctx, request, message, flagEndStream, true)
	if err != nil {
		return nil, nil, err
	}
	reply, err := s.Recv()
	if err == nil {
		_, err = s.Recv() // a second message has ended the call, with an error
	}
	if err == io.EOF {
		err = nil
	}
	if err != nil {
		reply = nil
	}
	return reply, s.Outcome(), err
}

// Start opens a call whose messages are sent with Send.
func (c *Conn) Start(ctx context.Context, request Request) (*Stream, error) {
	return c.open(ctx, request, nil, flagNoMessage, false)
}

// open sends the REQUEST, and with it the message unless there is none.
func (c *Conn) open(ctx context.Context, request Request, message []byte, flags uint16, unary bool) (*Stream, error) {
	meta, err := request.meta()
	if err != nil {
		return nil, ours(InvalidArgument, RetryNever, false, "%v", err)
	}
	if request.Timeout < 0 || request.Timeout > MaxDeadline {
		return nil, ours(InvalidArgument, RetryNever, false, "a call's deadline is at most 24 hours")
	}
	if request.Timeout == 0 {
		request.Timeout = MaxDeadline
	}
	deadline := time.Now().Add(request.Timeout)
	if early, some := ctx.Deadline(); some && early.Before(deadline) {
		deadline = early
	}
	if uint64(len(message)) > c.Broker.Limits.MaxPayload {
		return nil, ours(ResourceExhausted, RetryNever, false, "the request has %d bytes, the broker takes %d",
			len(message), c.Broker.Limits.MaxPayload)
	}
	if cap(c.slots) == 0 {
		return nil, ours(ResourceExhausted, RetryNever, false, "the broker takes no calls here")
	}
	wait, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	notSent := func() error {
		if errors.Is(wait.Err(), context.Canceled) {
			return ours(Cancelled, RetryNever, false, "cancelled before it was sent")
		}
		return ours(DeadlineExceeded, RetrySafe, false, "the deadline passed before the call was sent")
	}
	if wait.Err() != nil {
		return nil, notSent()
	}
	select {
	case c.slots <- struct{}{}:
	case <-c.done:
	case <-wait.Done():
		return nil, notSent()
	}

	s := &Stream{conn: c, unary: unary, deadline: deadline, ended: make(chan struct{}),
		credit: int64(c.Broker.Limits.StreamWindow), granted: int64(c.opts.Limits.StreamWindow)}
	c.mu.Lock()
	for {
		if c.err != nil || c.goAway != nil {
			why := c.err
			if why == nil {
				why = c.goAway
				<-c.slots
			}
			c.mu.Unlock()
			return nil, ours(Unavailable, RetrySafe, false, "no call can be made: %v", why)
		}
		if s.room(len(message)) >= 0 {
			break
		}
		grown := c.creditGrown.wait()
		c.mu.Unlock()
		select {
		case <-grown:
		case <-wait.Done():
			<-c.slots
			return nil, notSent()
		}
		c.mu.Lock()
	}
	c.lastID++
	s.id = c.lastID
	c.streams[s.id] = s
	first := &frame{kind: typeRequest, stream: s.id, flags: flags, meta: meta}
	rest := s.queue(first, message)
	c.mu.Unlock()

	go s.watch(ctx)
	if first.flags&flagMore != 0 {
		if err := s.sendRest(rest, flags); err != nil && err != ErrEnded {
			return nil, err
		}
	}
	return s, nil
}

// watch cancels the call when the context is, and gives it up when its END doesn't come in time.
func (s *Stream) watch(ctx context.Context) {
	timer := time.NewTimer(time.Until(s.deadline) + deadlineGrace)
	defer timer.Stop()
	done := ctx.Done()
	for {
		select {
		case <-s.ended:
			return
		case <-done:
			done = nil
			if errors.Is(ctx.Err(), context.Canceled) {
				s.Cancel()
			}
		case <-timer.C:
			s.conn.mu.Lock()
			retry := RetrySafe
			if s.written {
				retry = RetryNever
			}
			s.abandon(ours(DeadlineExceeded, retry, s.written, "no end came until the deadline and %v more",
				deadlineGrace))
			s.conn.mu.Unlock()
			return
		}
	}
}

// room is how much payload may go into the next frame, or -1 while the credit is too short. Under the connection's lock.
func (s *Stream) room(want int) int {
	room := int64(s.conn.Broker.Limits.MaxChunk)
	if room > maxPayloadOfAll {
		room = maxPayloadOfAll
	}
	for _, credit := range []int64{s.credit, s.conn.credit} {
		if credit-frameCost < room {
			room = credit - frameCost
		}
	}
	if room >= int64(want) {
		return want
	}
	if room < leastChunk {
		return -1
	}
	return int(room)
}

// queue hands a frame to the writer with as much of the message as there is room for, and gives the rest. The frame's
// flags are those of the message's last frame. Under the connection's lock; there is room.
func (s *Stream) queue(f *frame, message []byte) []byte {
	room := s.room(len(message))
	f.payload = append([]byte(nil), message[:room]...)
	if room < len(message) {
		f.flags = flagMore
	}
	w := waiting{stream: s, frame: f, until: s.deadline}
	s.credit -= w.cost()
	s.conn.credit -= w.cost()
	s.conn.data = append(s.conn.data, w)
	s.conn.wakeWriter()
	if f.flags&flagEndStream != 0 {
		s.halfClosed = true
	}
	return message[room:]
}

// sendRest sends DATA until the message is complete.
func (s *Stream) sendRest(message []byte, flags uint16) error {
	s.sending.Lock()
	defer s.sending.Unlock()
	s.conn.mu.Lock()
	defer s.conn.mu.Unlock()
	for first := true; first || len(message) > 0; first = false {
		for {
			if s.outcome != nil || s.cancelled {
				return ErrEnded
			}
			if s.halfClosed {
				return errors.New("the request is complete")
			}
			if s.room(len(message)) >= 0 {
				break
			}
			mine, all := s.changed.wait(), s.conn.creditGrown.wait()
			s.conn.mu.Unlock()
			select {
			case <-mine:
			case <-all:
			}
			s.conn.mu.Lock()
		}
		message = s.queue(&frame{kind: typeData, stream: s.id, flags: flags}, message)
	}
	return nil
}

// Send sends one more message of the request.
func (s *Stream) Send(message []byte) error { return s.send(message, 0) }

// SendLast sends the last one.
func (s *Stream) SendLast(message []byte) error { return s.send(message, flagEndStream) }

// CloseSend says that there is no other message.
func (s *Stream) CloseSend() error { return s.sendRest(nil, flagNoMessage|flagEndStream) }

func (s *Stream) send(message []byte, flags uint16) error {
	if limit := s.conn.Broker.Limits.MaxPayload; uint64(len(message)) > limit {
		return ours(ResourceExhausted, RetryNever, false, "the message has %d bytes, the broker takes %d", len(message),
			limit)
	}
	return s.sendRest(message, flags)
}

// Recv waits for the reply's next message. After the last one it says io.EOF, or the outcome if that is an error.
func (s *Stream) Recv() ([]byte, error) {
	s.receiving.Lock()
	defer s.receiving.Unlock()
	c := s.conn
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		for len(s.parts) > 0 {
			next := s.parts[0]
			s.parts[0] = part{}
			s.parts = s.parts[1:]
			s.returnCredit(frameCost + int64(len(next.payload)))
			if uint64(len(s.partial)+len(next.payload)) > c.opts.Limits.MaxPayload {
				s.abandon(ours(ResourceExhausted, RetryNever, true, "the reply is larger than %d bytes",
					c.opts.Limits.MaxPayload))
				s.parts, s.partial = nil, nil
				break
			}
			if s.partial == nil {
				s.partial = next.payload
			} else {
				s.partial = append(s.partial, next.payload...)
			}
			if !next.more {
				message := s.partial
				s.partial = nil
				return message, nil
			}
		}
		if s.outcome != nil {
			if s.outcome.Status == OK {
				return nil, io.EOF
			}
			return nil, s.outcome
		}
		changed := s.changed.wait()
		c.mu.Unlock()
		<-changed
		c.mu.Lock()
	}
}

// Cancel asks the broker to give the call up. Its end comes from Recv as always.
func (s *Stream) Cancel() {
	c := s.conn
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.outcome != nil || s.cancelled {
		return
	}
	s.cancelled = true
	s.tellCancel(ours(Cancelled, RetryNever, false, "cancelled before it was sent"))
	s.changed.fire()
	time.AfterFunc(cancelGrace, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		s.abandon(ours(Cancelled, RetryNever, true, "cancelled; no end came"))
	})
}

// Outcome is nil while the call runs.
func (s *Stream) Outcome() *Outcome {
	s.conn.mu.Lock()
	defer s.conn.mu.Unlock()
	return s.outcome
}

// Ended is closed when the call has an outcome.
func (s *Stream) Ended() <-chan struct{} { return s.ended }

// The rest runs under the connection's lock.

// returnCredit gives back what the application has taken, or what is stored for the message that it waits for.
func (s *Stream) returnCredit(cost int64) {
	if s.outcome != nil || s.cancelled {
		return
	}
	if s.due += cost; s.due*2 >= int64(s.conn.opts.Limits.StreamWindow) {
		s.conn.sendControl(windowFrame(s.id, s.due))
		s.granted += s.due
		s.due = 0
	}
}

// tellCancel takes back what has not gone out, and sends CANCEL if the broker knows of the call. If it does not, nobody
// else will end it.
func (s *Stream) tellCancel(unheard *Outcome) {
	s.conn.unqueue(s)
	if s.written {
		s.conn.sendControl(&frame{kind: typeCancel, stream: s.id})
		return
	}
	s.leave()
	s.finish(unheard)
}

// abandon ends the call here; its END is still to come.
func (s *Stream) abandon(outcome *Outcome) {
	if s.outcome != nil {
		return
	}
	if !s.cancelled {
		s.tellCancel(outcome)
	}
	s.finish(outcome)
}

// leave frees the call's place on the connection.
func (s *Stream) leave() {
	if s.conn.streams[s.id] == s {
		delete(s.conn.streams, s.id)
		s.conn.unqueue(s)
		<-s.conn.slots
	}
}

func (s *Stream) finish(outcome *Outcome) {
	if s.outcome == nil {
		s.outcome = outcome
		close(s.ended)
		s.changed.fire()
	}
}
