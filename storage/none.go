package storage

import (
	"context"

	"oblik/models"
)

// NoImages is [Images] where images are not kept and no store for them is
// named. Those kept before, by another configuration, can be neither read nor
// deleted: that is [models.Unavailable], so that nothing passes for deleted.
type NoImages struct{}

var errNoImages = models.Errorf("storage", models.Unavailable, "no store for images is configured")

// Put implements [Images].
func (NoImages) Put(context.Context, string, []byte) (models.ImageRef, error) {
	return models.ImageRef{}, errNoImages
}

// Get implements [Images].
func (NoImages) Get(context.Context, models.ImageRef) ([]byte, error) { return nil, errNoImages }

// Delete implements [Images].
func (NoImages) Delete(context.Context, string) error { return errNoImages }

// List implements [Images].
func (NoImages) List(context.Context, func(string, int64) error) error { return errNoImages }
