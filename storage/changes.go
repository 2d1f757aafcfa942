package storage

import (
	"context"

	"oblik/models"
)

// Changes tells what has changed to whoever keeps a copy of the templates, as
// the index of each service does: several services may work on one database,
// and only the database knows what all of them did.
//
// A copy is made so: [Changes].Head, then [Encounters].Scan, then [Changes].After
// again and again, each person it names read anew by [Changes].Entries. What is
// read may be newer than the change that led to it, never older.
type Changes interface {
	// Head is the place of a copy that is read from now on.
	Head(ctx context.Context) (Place, error)
	// After returns the people whose records others than this store's own user have
	// changed since a copy stood at place, each once and sorted, and the place it
	// then stands at. It names so many at most that there may be more: the copy is
	// in step when it names nobody. [models.Conflict] says that place is not of this
	// database's history, which has been restored to another state, or too long ago:
	// the copy has to be made anew.
	After(ctx context.Context, place Place) ([]models.PersonID, Place, error)
	// Await returns when another user has announced a change, or has begun to
	// listen anew and may have missed one; or with an error, at the latest when ctx
	// ends. An announcement may be late or lost; After alone is the truth. It is for
	// one caller at a time.
	Await(ctx context.Context) error
	// Entries returns all entries of these people, whatever their status, sorted by
	// person and encounter, of one snapshot. Unknown people have none; more than
	// [models.MaxCandidates] of them are [models.Invalid].
	Entries(ctx context.Context, people ...models.PersonID) ([]models.Entry, error)
}

// Place is where in the history of changes a copy stands. It is the store's: a
// copy keeps it as it is.
type Place struct {
	Seq  int64  // the number of the newest change that is in the copy
	Mark string // of the random marks of the newest changes in it: in another history it is another
	Open []Open // by number; changes below Seq that are not in the copy, as far as is known
}

// Open is a number below a [Place]'s that was given to a change which is being
// committed, or was undone.
type Open struct {
	Seq    int64
	Before uint64 // once every transaction below this one has ended, the change is there or never will be
}
