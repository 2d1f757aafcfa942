// Package storage keeps people, encounters, images and templates, and finds
// them again. It knows nothing of faces: a template is bytes here.
//
// The seams are small so that each store implements what it can:
// storage/local is the embedded default (SQLite and a folder),
// storage/postgres keeps rows in PostgreSQL and storage/s3 images in an
// S3-compatible store. Every implementation passes the suites of
// storage/storagetest.
//
// A change is one act over two stores that no transaction spans:
//
//  1. [Acts.Begin]: one transaction records the act, the random keys its
//     images will have and, if the client sent one, its claim.
//  2. [Images.Put]: the images are written under these keys.
//  3. A method of [Encounters] or [Mover]: one transaction writes the rows,
//     ends the act, queues the images that are no longer named in the outbox,
//     writes one line of the audit trail and settles the claim. It is the
//     moment of truth.
//  4. The outbox is drained: the images are deleted, then forgotten.
//
// So every image is named by a record, by an act under way or by the outbox,
// whenever the process or a server ends. An act that does not come to its
// third step is abandoned, by its service or, when its time is over, by
// [Acts.Reap]; it can't be committed then. [Sweep] checks all of it.
package storage

import (
	"context"
	"time"

	"oblik/models"
)

// Images keeps the bytes of images.
type Images interface {
	// Put stores data durably under key, which [NewKey] made, before it returns.
	// What is there under key already is never replaced: [models.Conflict]; but
	// an earlier attempt with the same bytes is no error.
	Put(ctx context.Context, key string, data []byte) (models.ImageRef, error)
	// Get returns the bytes ref names, or an error of kind [models.NotFound],
	// or [models.Integrity] if their length or digest is not ref's.
	Get(ctx context.Context, ref models.ImageRef) ([]byte, error)
	// Delete removes an image with all its versions, and what an attempt to
	// store it left; one that is not there is no error.
	Delete(ctx context.Context, key string) error
	// List calls f with the key and the length in bytes of every image, by key,
	// until f returns an error. Half-written ones are among them. What has no
	// key's name is not the store's and left out. Images that come or go
	// meanwhile may be missed.
	List(ctx context.Context, f func(key string, length int64) error) error
}

// StoredSample is a sample whose image, if it has one, is in [Images].
type StoredSample struct {
	Modality  models.Modality
	Details   []byte           // see [models.Sample]
	Image     *models.ImageRef // nil if the sample came without an image, or it is not kept
	Forgotten bool             // the sample came with an image, which this deployment does not keep
	Template  *models.Template // nil if none was made
}

// Record is an encounter as it is stored: Encounter.Samples is empty, Samples
// stands in its place.
type Record struct {
	Encounter models.Encounter
	Samples   []StoredSample
}

// Encounters keeps records. Each method is one transaction. Those that change
// something end the act they are given, which must have begun; if its time was
// over and it has been abandoned, they change nothing: [models.Unavailable].
// [models.Uncertain], Deadline and Internal leave open whether the change was
// made, and [Acts.Abandon] decides it; with any other error it was not.
type Encounters interface {
	// Create stores r, and its person if there is none yet, durably before it
	// returns; [models.Conflict] if the key is taken. Its images are the act's.
	Create(ctx context.Context, a Act, r Record) error
	// Update replaces a record by what change makes of it, or returns change's
	// error or [models.NotFound]. Nobody else changes the record meanwhile; change
	// may run more than once, should be quick and leaves the key as it is. Images
	// the record had and has no more are queued in the [Outbox]; new ones are the
	// act's.
	Update(ctx context.Context, a Act, key models.EncounterKey, change func(*Record) error) error
	// Delete removes a record, and its person with the last one, and queues
	// its images in the [Outbox]; [models.NotFound] if there is none.
	Delete(ctx context.Context, a Act, key models.EncounterKey) error
	// DeletePerson removes all of a person's records like Delete;
	// [models.NotFound] if there is none.
	DeletePerson(ctx context.Context, a Act, person models.PersonID) error

	// Read returns one record or [models.NotFound].
	Read(ctx context.Context, key models.EncounterKey) (Record, error)
	// ReadAll returns a person's records by encounter id, or [models.NotFound].
	ReadAll(ctx context.Context, person models.PersonID) ([]Record, error)
	// Templates returns a person's ACTIVE entries of a gallery
	// ([models.AllGalleries] for all) that hold templates. [models.NotFound] if
	// the person has no encounter in the gallery, whatever its status.
	Templates(ctx context.Context, person models.PersonID, gallery models.GalleryID) ([]models.Entry, error)
	// Scan calls f with every entry, one snapshot, until f returns an error. Rows
	// are read as f takes them, never all at once.
	Scan(ctx context.Context, f func(models.Entry) error) error
}

// Mover gives encounters to another person. Each method is one transaction
// that ends its act, as those of [Encounters].
type Mover interface {
	// Merge gives all of source's encounters to target; source is then unknown.
	// [models.NotFound] if either is unknown; [models.Conflict], and nothing
	// changes, if both have an encounter of one id, so also if they are one person.
	Merge(ctx context.Context, a Act, target, source models.PersonID) error
	// Move gives one of source's encounters to target, else as Merge; source is
	// unknown after its last.
	Move(ctx context.Context, a Act, target, source models.PersonID, encounter models.EncounterID) error
}

// Galleries answers questions about galleries.
type Galleries interface {
	// List returns the ids of all galleries that have an encounter, sorted.
	List(ctx context.Context) ([]models.GalleryID, error)
	// Content returns the keys of the encounters in a gallery, whatever their
	// status ([models.AllGalleries] for all), sorted by person and encounter; at
	// most limit of them, after the first offset. None is no error.
	Content(ctx context.Context, gallery models.GalleryID, offset, limit int) ([]models.EncounterKey, error)
}

// Outbox holds the images whose rows are gone and whose bytes must go too.
type Outbox interface {
	// Pending returns at most limit keys of images to delete, oldest first.
	Pending(ctx context.Context, limit int) ([]string, error)
	// Done says that an image's bytes are gone.
	Done(ctx context.Context, key string) error
}

// Tasks keeps requests that are answered later, over restarts. A task is
// changed by whoever holds its newest version alone. Times are those of the
// store's own clock; Created and Updated are the store's, and a zero Due is now.
//
// [Encounters].Delete and DeletePerson wipe, in their transaction, the tasks
// that hold data of what they erase: Request, Result and ResultType are
// cleared, the version is raised, and one that was done but not delivered is
// PENDING and due again, so that its client hears of it. A task of the person
// with an empty Encounter is wiped by Delete if it holds a Result, or if the
// person goes with its last encounter. [Mover].Merge makes source's tasks
// target's; Move those of its encounter, and all with source's last.
type Tasks interface {
	// Add stores a task durably, with version 1; [models.Conflict] if there is
	// one of its id.
	Add(ctx context.Context, t models.Task) error
	// Save stores t durably in place of the one of its id and version, and returns
	// the new version; [models.Conflict] if that changed meanwhile or is gone.
	Save(ctx context.Context, t models.Task) (version int64, err error)
	// Read returns a task or [models.NotFound].
	Read(ctx context.Context, id string) (models.Task, error)
	// Head is Read without Request and Result, which may be long: clients ask for
	// a task's state again and again.
	Head(ctx context.Context, id string) (models.Task, error)
	// Next returns a task that is due in this stage, of the highest priority the
	// one that has been due longest, and makes it due again after lease, so that
	// nobody else takes it meanwhile; nil if none is due. It raises Begun by 1,
	// which Save stores as it is given: whoever ends an attempt sets it to 0, so
	// that a task that ends each process that takes it is known.
	Next(ctx context.Context, stage models.Stage, lease Lease) (*models.Task, error)
	// Expire removes the tasks that are over and were last changed longer ago
	// than age, and returns how many.
	Expire(ctx context.Context, age time.Duration) (int, error)
	// Count tells how many tasks there are in each state that has one.
	Count(ctx context.Context) (map[models.TaskState]int, error)
	// Held tells, by client, of the tasks that are not over and of those over
	// that still hold a Request or Result of some length. It costs the reading of
	// as many index entries or rows, but of nothing that they hold.
	Held(ctx context.Context) (map[string]Held, error)
}

// Held is what a client's tasks keep in a store.
type Held struct {
	Tasks int
	Bytes int64 // of Request and Result
}

// Attempts counts, for each person on record, the verifications in a row that
// ended without a match (NIST SP 800-63B-4, section 3.2.3). A person's count is
// erased with the person, and stays with target in a merge, the higher of both,
// as in a move of source's last encounter.
type Attempts interface {
	// Failed tells how many there were, and how long ago the last was by the
	// store's own clock; 0 and 0 for none and for somebody unknown.
	Failed(ctx context.Context, person models.PersonID) (count int, ago time.Duration, err error)
	// Fail counts one more, durably before it returns; somebody unknown is not
	// counted, which is no error.
	Fail(ctx context.Context, person models.PersonID) error
	// Clear forgets a person's; none is no error.
	Clear(ctx context.Context, person models.PersonID) error
	// Locked calls f with the people who have at least count failures, by id,
	// until f returns an error.
	Locked(ctx context.Context, count int, f func(person models.PersonID, failures int) error) error
}
