package postgres

import "time"

// PoolStats say how busy the connections to the server are.
type PoolStats struct {
	InUse, Idle, Most int
	Waits             int64         // how often somebody had to wait for one, since the start
	Waited            time.Duration // in all
}

// PoolStats are the numbers of now.
func (s *Store) PoolStats() PoolStats {
	p := s.pool.Stat()
	return PoolStats{
		InUse: int(p.AcquiredConns()), Idle: int(p.IdleConns()), Most: int(p.MaxConns()),
		Waits: p.EmptyAcquireCount(), Waited: p.EmptyAcquireWaitTime(),
	}
}
