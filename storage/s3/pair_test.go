package s3

import (
	"context"
	"testing"

	"oblik/storage"
	"oblik/storage/postgres"
	"oblik/storage/storagetest"
	"oblik/storage/storagetest/servers"
)

// The whole suite over the two servers together, as a service uses them.
func TestStores(t *testing.T) { storagetest.Run(t, withPostgres) }

func TestModel(t *testing.T) { storagetest.RunModel(t, withPostgres, storagetest.ModelSteps()) }

// withPostgres is a schema and a bucket of the test's own.
func withPostgres(t testing.TB) storagetest.Stores {
	c := postgres.Config{URL: servers.Postgres(t), Schema: "test_" + storage.NewKey()}
	_, _, err := postgres.Migrate(context.Background(), c)
	must(t, err)
	return over(t, c, open(t, servers.S3(t)))
}

func over(t testing.TB, c postgres.Config, images *Store) storagetest.Stores {
	rows, err := postgres.Open(context.Background(), c)
	must(t, err)
	t.Cleanup(rows.Close)
	return storagetest.Stores{
		Images: images, Encounters: rows, Mover: rows, Galleries: rows, Outbox: rows,
		Tasks: rows.Tasks(), Attempts: rows.Attempts(), Acts: rows, Trail: rows, Names: rows, Changes: rows,
		Beside: func(t testing.TB) storagetest.Stores { return over(t, c, images) },
		Damage: images.damage,
		Reopen: func(t testing.TB) storagetest.Stores {
			rows.Close()
			return over(t, c, images)
		},
	}
}
