// SPDX-License-Identifier: Apache-2.0

package plugbroker

import (
	"context"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

// DefaultPipe is the pipe that plugins connect to.
const DefaultPipe = `\\.\pipe\PlugBroker`

const systemSID = "S-1-5-18"

// Trust says who may own the pipe, beside SYSTEM.
type Trust struct {
	Service     string   // the service's name; empty is PlugBroker
	CurrentUser bool     // the account of this process: for a broker that runs in a terminal
	SIDs        []string // more, as texts
}

// Dial opens a broker's pipe, looks who owns it, and says HELLO.
func Dial(ctx context.Context, pipe string, trust Trust, opts Options) (*Conn, error) {
	file, err := openPipe(ctx, pipe)
	if err != nil {
		return nil, err
	}
	owner, err := file.owner()
	if err == nil {
		var trusted []string
		if trusted, err = trust.sids(); err == nil && !contains(trusted, owner) {
			err = fmt.Errorf("%s belongs to %s, which is not trusted (trusted are %s)", pipe, owner,
				strings.Join(trusted, ", "))
		}
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return Open(ctx, file, opts)
}

func (t Trust) sids() ([]string, error) {
	service := t.Service
	if service == "" {
		service = "PlugBroker"
	}
	trusted := append([]string{serviceSID(service), systemSID}, t.SIDs...)
	if t.CurrentUser {
		user, err := currentUserSID()
		if err != nil {
			return nil, err
		}
		trusted = append(trusted, user)
	}
	return trusted, nil
}

// serviceSID is the SID of NT SERVICE\name, which Windows makes from the name alone.
func serviceSID(name string) string {
	var wide []byte
	for _, unit := range utf16.Encode([]rune(strings.ToUpper(name))) {
		wide = binary.LittleEndian.AppendUint16(wide, unit)
	}
	sum := sha1.Sum(wide)
	sid := "S-1-5-80"
	for i := 0; i < len(sum); i += 4 {
		sid += fmt.Sprintf("-%d", binary.LittleEndian.Uint32(sum[i:]))
	}
	return sid
}

func contains(list []string, text string) bool {
	for _, entry := range list {
		if entry == text {
			return true
		}
	}
	return false
}
