// SPDX-License-Identifier: Apache-2.0

package plugbroker

import (
	"context"
	"sync"
)

// Client keeps a connection for new calls: another one as soon as the broker goes away or the connection is lost.
// Calls that run on the old one finish there.
type Client struct {
	Dial func(context.Context) (*Conn, error)

	mu   sync.Mutex
	conn *Conn
}

// Conn gives the connection for the next call.
func (c *Client) Conn(ctx context.Context) (*Conn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn == nil || c.conn.GoingAway() {
		conn, err := c.Dial(ctx)
		if err != nil {
			return nil, err
		}
		c.conn = conn
	}
	return c.conn, nil
}

// Close ends the connection.
func (c *Client) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}
