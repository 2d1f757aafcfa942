// Command services runs one PostgreSQL and one S3 server, both thrown away when
// it is stopped by Ctrl-C, and prints how `oblik serve` reaches them.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"oblik/storage/storagetest/servers"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run() (err error) {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	postgres, err := servers.StartPostgres()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, postgres.Close()) }()
	s3, err := servers.StartS3()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s3.Close()) }()
	bucket, err := s3.NewBucket()
	if err != nil {
		return err
	}
	for _, variable := range [][2]string{
		{"OBLIK_DATABASE_URL", postgres.URL()},
		{"OBLIK_S3_ENDPOINT", bucket.Endpoint},
		{"OBLIK_S3_BUCKET", bucket.Name},
		{"AWS_ACCESS_KEY_ID", bucket.AccessKey},
		{"AWS_SECRET_ACCESS_KEY", bucket.SecretKey},
	} {
		fmt.Printf("export %s='%s'\n", variable[0], variable[1])
	}
	fmt.Fprintln(os.Stderr, "== PostgreSQL and an S3 server are running; paste these lines into another terminal, then",
		"bin/oblik migrate up and bin/oblik serve.\n== Any user of this machine can reach them: no real data.",
		"Ctrl-C stops both and removes what they hold.")
	<-stop
	return nil
}
