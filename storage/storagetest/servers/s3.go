package servers

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Bucket says how a bucket is reached.
type Bucket struct {
	Endpoint             string // http://127.0.0.1:PORT
	Name                 string
	AccessKey, SecretKey string // random, of this server alone
}

// S3Server is one S3 server that keeps objects as files.
type S3Server struct {
	process
	program string
	bucket  Bucket // without a name
}

// gateway is the server's program; .make/versitygw.sh pins the version too.
const gateway = "versitygw-v1.8.0"

// StartS3 starts a server, in less than a second: versitygw or, if
// TEST_S3_SERVER names its program, MinIO.
func StartS3() (*S3Server, error) {
	program, err := s3Program()
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	f, err := newFolder()
	if err != nil {
		return nil, err
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	s := &S3Server{program: program, bucket: Bucket{Endpoint: "http://" + address, AccessKey: "oblik" + rand.Text()[:8], SecretKey: rand.Text()}}
	s.process = process{folder: f, name: filepath.Base(program), stop: syscall.SIGTERM, ready: s.isReady}
	s.command = func() *exec.Cmd {
		cmd := exec.Command(program, s.arguments(address)...) // #nosec G204 -- a program of ours
		cmd.Dir = f.path
		cmd.Env = []string{"HOME=" + f.path, "MINIO_BROWSER=off",
			"ROOT_ACCESS_KEY=" + s.bucket.AccessKey, "ROOT_SECRET_KEY=" + s.bucket.SecretKey,
			"MINIO_ROOT_USER=" + s.bucket.AccessKey, "MINIO_ROOT_PASSWORD=" + s.bucket.SecretKey}
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for us
		return cmd
	}
	for _, dir := range []string{s.files(), s.versions()} {
		if err == nil {
			err = os.Mkdir(dir, 0o700)
		}
	}
	if err == nil {
		err = s.Start()
	}
	if err != nil {
		_ = f.close() // the first error tells more
		return nil, err
	}
	return s, nil
}

func (s *S3Server) arguments(address string) []string {
	if strings.HasPrefix(filepath.Base(s.program), "minio") {
		return []string{"server", "--quiet", "--address", address, s.files()}
	}
	return []string{"--port", address, "--quiet", "--keep-alive", "posix", "--versioning-dir", s.versions(), s.files()}
}

func (s *S3Server) files() string    { return filepath.Join(s.folder.path, "files") }
func (s *S3Server) versions() string { return filepath.Join(s.folder.path, "versions") }

// NewBucket makes an empty bucket. Both servers take a folder for one.
func (s *S3Server) NewBucket() (Bucket, error) {
	b := s.bucket
	b.Name = fmt.Sprintf("test-%x", time.Now().UnixNano())
	return b, os.Mkdir(filepath.Join(s.files(), b.Name), 0o700)
}

// isReady: a server that is not yet ready says 503 or nothing at all.
func (s *S3Server) isReady() bool {
	client := http.Client{Timeout: time.Second}
	answer, err := client.Get(s.bucket.Endpoint)
	if err != nil {
		return false
	}
	return answer.Body.Close() == nil && answer.StatusCode != http.StatusServiceUnavailable
}

// s3Program finds the server's program: .cache/bin lies in the checkout's top
// folder, and a test runs in its package's.
func s3Program() (string, error) {
	if path := os.Getenv("TEST_S3_SERVER"); path != "" {
		return path, nil
	}
	dir, err := os.Getwd()
	for ; err == nil && dir != "/"; dir = filepath.Dir(dir) {
		if path := filepath.Join(dir, ".cache", "bin", gateway); isProgram(path) {
			return path, nil
		}
	}
	if path, err := exec.LookPath("versitygw"); err == nil {
		return path, nil
	}
	return "", &missing{"the S3 server versitygw"}
}
