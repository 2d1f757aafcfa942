// Package servers starts real servers that are thrown away: PostgreSQL, and an
// S3 server over a folder. The tests of the stores use them, and so does
// `make services`. Nothing of it is part of the service.
//
// [Postgres] and [S3] share one server of each kind in a test process, started
// when it is first asked for. [NewPostgres] and [NewS3] give a test a server of
// its own, to hurt it: kill, stop, freeze, start again.
//
// A server keeps its files in a temporary folder and listens on a free port of
// the loopback. A small process waits for the end of ours, whatever it dies of,
// and then kills what runs in that folder and removes it. PostgreSQL trusts who
// connects from this machine, so nothing real belongs into such a server.
package servers
