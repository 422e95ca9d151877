// SPDX-License-Identifier: Apache-2.0

package plugbroker

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Status is how a call, or the opening of a connection, ended.
type Status uint16

const (
	OK Status = iota
	Cancelled
	Unknown
	InvalidArgument
	DeadlineExceeded
	NotFound
	AlreadyExists
	PermissionDenied
	ResourceExhausted
	FailedPrecondition
	Aborted
	OutOfRange
	Unimplemented
	Internal
	Unavailable
	DataLoss
	Unauthenticated
)

var statusNames = [...]string{"ok", "cancelled", "unknown", "invalid_argument", "deadline_exceeded", "not_found",
	"already_exists", "permission_denied", "resource_exhausted", "failed_precondition", "aborted", "out_of_range",
	"unimplemented", "internal", "unavailable", "data_loss", "unauthenticated"}

func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return fmt.Sprintf("status %d", uint16(s))
}

// Retry says whether a call may be tried again.
type Retry uint8

const (
	RetryNever Retry = iota
	RetrySafe
	RetryAfterBackoff
)

func (r Retry) String() string {
	return [...]string{"never to be repeated", "safe to repeat", "to be repeated after a pause"}[r]
}

// Origin says who decided the outcome.
type Origin uint8

const (
	FromClient Origin = 1
	FromBroker Origin = 2
	FromWorker Origin = 3
)

func (o Origin) String() string { return [...]string{"", "the client", "the broker", "the worker"}[o] }

// Outcome is the END of a call, or one that this client made up. Unless its status is OK it is the call's error.
type Outcome struct {
	Status         Status
	Retry          Retry
	Origin         Origin
	WorkerReceived bool // a worker may have seen the call
	Message        string
	ContentType    string
	Metadata       []Pair
	Detail         []byte
	RetryAfter     time.Duration
}

func (o *Outcome) Error() string {
	var text strings.Builder
	text.WriteString(o.Status.String())
	if o.Message != "" {
		fmt.Fprintf(&text, ": %s", Escape(o.Message))
	}
	fmt.Fprintf(&text, " (decided by %v, %v", o.Origin, o.Retry)
	if o.RetryAfter != 0 {
		fmt.Fprintf(&text, " of about %v", o.RetryAfter)
	}
	if o.WorkerReceived {
		text.WriteString(", a worker may have received it")
	} else {
		text.WriteString(", no worker has seen it")
	}
	if len(o.Detail) != 0 {
		fmt.Fprintf(&text, ", %d bytes of detail", len(o.Detail))
	}
	text.WriteString(")")
	return text.String()
}

func ours(status Status, retry Retry, received bool, format string, args ...any) *Outcome {
	return &Outcome{Status: status, Retry: retry, Origin: FromClient, WorkerReceived: received,
		Message: fmt.Sprintf(format, args...)}
}

// RefusedError is a HELLO_ACK that says no.
type RefusedError struct {
	Status                 Status
	Message                string
	VersionMin, VersionMax uint16
}

func (e *RefusedError) Error() string {
	text := "the broker refuses: " + e.Status.String()
	if e.Message != "" {
		text += ": " + Escape(e.Message)
	}
	if e.VersionMin > wireVersion || e.VersionMax < wireVersion {
		text += fmt.Sprintf(" (it speaks the wire versions %d to %d, this client %d)", e.VersionMin, e.VersionMax,
			wireVersion)
	}
	return text
}

// GoAwayError is the end of a connection whose broker had said GOAWAY.
type GoAwayError struct {
	LastStream uint64
	Status     Status
	Message    string
}

func (e *GoAwayError) Error() string {
	text := "the broker goes away: " + e.Status.String()
	if e.Message != "" {
		text += ": " + Escape(e.Message)
	}
	return text
}

// Escape makes a text that came from elsewhere safe to show: one line, and no control characters.
func Escape(text string) string {
	var out strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&out, `\x%02x`, text[0])
		case r == '\\':
			out.WriteString(`\\`)
		case !unicode.IsPrint(r):
			fmt.Fprintf(&out, `\u{%x}`, r)
		default:
			out.WriteRune(r)
		}
		text = text[size:]
	}
	return out.String()
}
