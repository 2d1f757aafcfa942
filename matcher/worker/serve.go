package worker

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"oblik/matcher"
	"oblik/models"
)

// Serve is the child: it greets, then answers each image read from in with one
// answer on out, until in ends. A failure to load the weights is told in the
// greeting and returned. limit bounds an image in bytes.
func Serve(in io.Reader, out io.Writer, limit int, load func() (*matcher.Pipeline, models.Format, error)) error {
	pipeline, format, err := load()
	if err != nil {
		_ = greet(out, greeting{Error: err.Error()}) // the parent may be gone; the error is returned anyway
		return err
	}
	defer pipeline.Close()
	if err := greet(out, greeting{Format: format}); err != nil {
		return err
	}
	for image := range requests(in, limit) {
		data, err := encodeAnswer(pipeline.Extract(context.Background(), image))
		if err != nil {
			return fmt.Errorf("worker: %w", err)
		}
		if err := writeFrame(out, data); err != nil {
			return fmt.Errorf("worker: %w", err)
		}
	}
	return nil
}

func greet(out io.Writer, g greeting) error {
	data, err := json.Marshal(g)
	if err == nil {
		err = writeFrame(out, data)
	}
	if err != nil {
		return fmt.Errorf("worker: %w", err)
	}
	return nil
}

// requests reads frames until the parent closes the pipe. It reads beside the
// extraction, so that the end of in is seen (and can be acted on by the reader
// given to [Serve]) even while native code hangs.
func requests(in io.Reader, limit int) <-chan []byte {
	images := make(chan []byte)
	go func() {
		defer close(images)
		buffered := bufio.NewReaderSize(in, 64<<10)
		for {
			image, err := readFrame(buffered, limit)
			if err != nil {
				return
			}
			images <- image
		}
	}()
	return images
}
