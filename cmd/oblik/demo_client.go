package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// demoClient speaks to the service.
type demoClient struct {
	ctx        context.Context
	url, token string
	http       http.Client
}

func newDemoClient(ctx context.Context, url, token string) *demoClient {
	return &demoClient{ctx: ctx, url: url, token: token, http: http.Client{Timeout: 15 * time.Second}}
}

func (c *demoClient) do(method, path string, body any) (status int, answer any, took time.Duration, err error) {
	var data []byte
	if body != nil {
		if data, err = json.Marshal(body); err != nil {
			return 0, nil, 0, err
		}
	}
	r, err := http.NewRequestWithContext(c.ctx, method, c.url+path+"?transactionId=demo", bytes.NewReader(data))
	if err != nil {
		return 0, nil, 0, err
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	began := time.Now()
	reply, err := c.http.Do(r)
	if err != nil {
		return 0, nil, 0, err
	}
	defer reply.Body.Close() //nolint:errcheck // only read
	text, err := io.ReadAll(io.LimitReader(reply.Body, 1<<20))
	took = time.Since(began)
	if err == nil && len(text) > 0 {
		err = json.Unmarshal(text, &answer)
	}
	return reply.StatusCode, answer, took, err
}
