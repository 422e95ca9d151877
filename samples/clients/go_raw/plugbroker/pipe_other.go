// SPDX-License-Identifier: Apache-2.0

//go:build !windows

package plugbroker

import (
	"context"
	"errors"
	"io"
)

var errNoPipes = errors.New("named pipes are on Windows only")

type noPipe struct{ io.ReadWriteCloser }

func (noPipe) owner() (string, error) { return "", errNoPipes }

func openPipe(context.Context, string) (noPipe, error) { return noPipe{}, errNoPipes }

func currentUserSID() (string, error) { return "", errNoPipes }
