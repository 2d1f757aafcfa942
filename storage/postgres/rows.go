package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
}

// each calls f for every row of a query, until f returns an error. Rows are read
// from the network as f takes them.
func each(ctx context.Context, q querier, f func(pgx.Rows) error, query string, args ...any) error {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// forEach reads every row into values and calls f.
func forEach(rows pgx.Rows, f func(), values ...any) error {
	_, err := pgx.ForEachRow(rows, values, func() error { f(); return nil })
	return err
}

// column reads a query's only column.
func column[T any](ctx context.Context, q querier, query string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[T])
}

// row is what was read of an encounter, by the id of its row.
type row[T any] struct {
	id    int64
	value T
}

// follower finds what was read of an encounter for the rows that belong to it,
// which come in the same order.
type follower[T any] struct {
	all []row[T]
	at  int
}

func (f *follower[T]) find(id int64) *T {
	for f.all[f.at].id != id {
		f.at++
	}
	return &f.all[f.at].value
}

// page is how many rows one query of a stream gives at most: a reader who stops
// is rid of the rest soon, and the server sorts nothing that is large.
const page = 5000

// pages calls f for every row of a query that ends with a LIMIT, and asks again,
// from where f was, until there is no row more.
func pages(ctx context.Context, tx pgx.Tx, f func(pgx.Rows) error, query string, from func() []any) error {
	for rows := page; rows == page; {
		rows = 0
		err := each(ctx, tx, func(r pgx.Rows) error {
			rows++
			return f(r)
		}, query, append(from(), page)...)
		if err != nil {
			return err
		}
	}
	return nil
}
