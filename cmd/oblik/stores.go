package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"oblik/api"
	"oblik/models"
	"oblik/storage"
	"oblik/storage/local"
	"oblik/storage/postgres"
	"oblik/storage/s3"
)

// dataFlags say where people are kept.
type dataFlags struct {
	DataDir           string `help:"Data directory: token key and, without the servers below, database and images. Default: ~/.local/share/oblik/data." type:"path"`
	DatabaseURL       string `name:"database-url" help:"PostgreSQL for the rows, as postgres://USER@HOST/DATABASE. Its password goes into the file that PGPASSFILE names." placeholder:"URL"`
	S3Endpoint        string `name:"s3-endpoint" help:"S3-compatible server for the images, as https://HOST." placeholder:"URL"`
	S3Bucket          string `name:"s3-bucket" help:"Bucket for the images."`
	S3Region          string `name:"s3-region" help:"Region of the bucket."`
	S3Prefix          string `name:"s3-prefix" help:"What the names of the images begin with in the bucket."`
	S3Addressing      string `name:"s3-addressing" help:"How the bucket is named in requests: auto, path or virtual." enum:"auto,path,virtual" default:"auto"`
	S3CredentialsFile string `name:"s3-credentials-file" help:"File with the access key, in the form of AWS's; without it AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or what AWS's tools look for." type:"path"`
	S3CAFile          string `name:"s3-ca-file" help:"Certificates to trust besides the system's, a PEM file." type:"path"`
	Images            string `help:"keep the photographs, or forget: store templates alone." enum:"keep,forget" default:"keep"`
}

func (f dataFlags) dataFolder() string {
	if f.DataDir != "" {
		return f.DataDir
	}
	return filepath.Join(dataHome(), "data")
}

// dataHome is the user's folder for this program's data.
func dataHome() string {
	if home := os.Getenv("XDG_DATA_HOME"); home != "" {
		return filepath.Join(home, "oblik")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "/var/lib/oblik" // a system service has no home
	}
	return filepath.Join(home, ".local", "share", "oblik")
}

// embedded says that there are no servers: all is in the data directory.
func (f dataFlags) embedded() bool { return f.DatabaseURL == "" }

// check refuses half of a pair of servers, and a URL with a password in it.
func (f dataFlags) check() error {
	bad := func(text string) error { return models.Errorf("data", models.Invalid, "%s", text) }
	named := f.S3Endpoint != "" || f.S3Bucket != ""
	switch {
	case named && (f.S3Endpoint == "" || f.S3Bucket == ""):
		return bad("--s3-endpoint and --s3-bucket are needed together")
	case named && f.embedded():
		return bad("--s3-endpoint needs --database-url: images in S3 go with rows in PostgreSQL")
	case !named && !f.embedded() && f.Images == "keep":
		return bad("--database-url needs --s3-endpoint and --s3-bucket, or --images forget")
	case f.embedded():
		return nil
	}
	return postgres.Config{URL: f.DatabaseURL}.Check()
}

// existing is an error if there is no data directory: to look somebody up in a
// mistyped one must not make it and answer "not found".
func (f dataFlags) existing() error {
	if f.embedded() && !local.Exists(f.dataFolder()) {
		return models.Errorf("data", models.NotFound, "no data directory in %s; `oblik enroll` or `oblik serve` makes one", f.dataFolder())
	}
	return nil
}

// records are rows, whatever keeps them.
type records interface {
	storage.Encounters
	storage.Mover
	storage.Galleries
	storage.Outbox
	storage.Acts
	storage.Trail
	storage.Names
	storage.Changes
	Tasks() storage.Tasks
	Attempts() storage.Attempts
}

// stores are rows and images.
type stores struct {
	records
	images                  storage.Images
	pingRecords, pingImages func(context.Context) error // nil for what is in this process
	where                   string                      // for the log
	pool                    func() postgres.PoolStats   // nil without a server
	close                   func() error
}

// openStores does not need the servers to be there; ping tells.
func (f dataFlags) openStores(ctx context.Context, log *slog.Logger) (*stores, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	if f.embedded() {
		s, err := local.Open(ctx, f.dataFolder())
		if err != nil {
			return nil, err
		}
		return &stores{records: s, images: s.Images(), where: f.dataFolder(), close: s.Close}, nil
	}
	rows, err := postgres.Open(ctx, postgres.Config{URL: f.DatabaseURL})
	if err != nil {
		return nil, err
	}
	s := &stores{records: rows, images: storage.NoImages{}, pingRecords: watched(rows), pool: rows.PoolStats, where: "PostgreSQL at " + rows.Where(),
		close: func() error { rows.Close(); return nil }}
	if f.S3Endpoint == "" {
		return s, nil
	}
	images, err := s3.Open(ctx, s3.Config{
		Endpoint: f.S3Endpoint, Bucket: f.S3Bucket, Region: f.S3Region, Prefix: f.S3Prefix,
		PathStyle: f.S3Addressing, CredentialsFile: f.S3CredentialsFile, CAFile: f.S3CAFile,
	})
	if err != nil {
		rows.Close()
		return nil, err
	}
	s.close = func() error { rows.Close(); return images.Close() }
	s.images, s.where = images, s.where+", images in "+f.S3Bucket+" at "+f.S3Endpoint
	reported := false
	s.pingImages = func(ctx context.Context) error {
		err := images.Ping(ctx)
		if notes := images.Report(); err == nil && !reported {
			reported = true
			log.Info("S3 server", "notes", strings.Join(notes, "; "))
		}
		return err
	}
	return s, nil
}

// watched asks whether the server is there, takes changes and has the right
// schema: one that came back may have another.
func watched(rows *postgres.Store) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := rows.CheckSchema(ctx); err != nil {
			return err
		}
		return rows.Ping(ctx)
	}
}

// into sets the parts that are stores.
func (s *stores) into(p *api.Parts) {
	p.Encounters, p.Images, p.Galleries, p.Outbox, p.Acts, p.Trail = s.records, s.images, s.records, s.records, s.records, s.records
	p.Mover, p.Tasks, p.Attempts, p.Changes = s.records, s.Tasks(), s.Attempts(), s.records
	p.PingRecords, p.PingImages = s.pingRecords, s.pingImages
	if s.pingRecords != nil {
		p.StoreTime = serverTime
	}
}
