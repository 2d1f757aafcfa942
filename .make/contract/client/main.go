// Client does what an enrolment desk and a checkpoint do, with a client that a
// stock generator made of the standard's own file: nothing in it knows Oblik.
//
//	client URL PHOTOS < TOKEN
package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"client/abis"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	if len(args) != 2 {
		return errors.New("usage: client URL PHOTOS < TOKEN")
	}
	token, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	authorise := func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+string(bytes.TrimSpace(token)))
		return nil
	}
	client, err := abis.NewClientWithResponses(args[0], abis.WithRequestEditorFn(authorise))
	if err != nil {
		return err
	}
	return walk{client, args[1], out}.run(ctx)
}

// walk is a record's life: enrolled, verified, found, read and erased.
type walk struct {
	client *abis.ClientWithResponses
	photos string
	out    io.Writer
}

const person, visit, gallery = "generated", "1", "generated"

func (w walk) run(ctx context.Context) error {
	for _, step := range []struct {
		name string
		do   func(context.Context) (string, error)
	}{
		{"createEncounter", w.enrol},
		{"verifyFromId, the same person", func(ctx context.Context) (string, error) { return w.verify(ctx, "obama.jpg", true) }},
		{"verifyFromId, another person", func(ctx context.Context) (string, error) { return w.verify(ctx, "biden.jpg", false) }},
		{"identify", w.identify},
		{"readEncounter", w.read},
		{"deleteAll", w.erase},
		{"readEncounter, erased", w.gone},
	} {
		said, err := step.do(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		if _, err := fmt.Fprintf(w.out, "  %-32s %s\n", step.name, said); err != nil {
			return err
		}
	}
	return nil
}

func (w walk) enrol(ctx context.Context) (string, error) {
	faces, err := w.face("obama2.jpg")
	if err != nil {
		return "", err
	}
	a, err := w.client.CreateEncounterWithResponse(ctx, person, visit, &abis.CreateEncounterParams{TransactionId: "walk"}, abis.Encounter{
		Status: abis.ACTIVE, EncounterType: "walk", Galleries: []string{gallery}, BiometricData: faces,
	})
	switch {
	case err != nil:
		return "", err
	case a.JSON200 == nil || a.JSON200.PersonId != person || a.JSON200.EncounterId != visit:
		return "", answered(a.StatusCode(), a.Body)
	}
	return a.JSON200.PersonId + ", encounter " + a.JSON200.EncounterId, nil
}

func (w walk) verify(ctx context.Context, photo string, same bool) (string, error) {
	faces, err := w.face(photo)
	if err != nil {
		return "", err
	}
	a, err := w.client.VerifyFromIdWithResponse(ctx, gallery, person, &abis.VerifyFromIdParams{TransactionId: "walk"}, abis.VerifyFromIdRequest{BiometricData: faces})
	switch {
	case err != nil:
		return "", err
	case a.JSON200 == nil || a.JSON200.Decision != same:
		return "", answered(a.StatusCode(), a.Body)
	}
	return fmt.Sprintf("decision %v", a.JSON200.Decision), nil
}

func (w walk) identify(ctx context.Context) (string, error) {
	faces, err := w.face("obama.jpg")
	if err != nil {
		return "", err
	}
	a, err := w.client.IdentifyWithResponse(ctx, gallery, &abis.IdentifyParams{TransactionId: "walk"}, abis.IdentifyRequest{Filter: abis.Filter{}, BiometricData: faces})
	switch {
	case err != nil:
		return "", err
	case a.JSON200 == nil || len(*a.JSON200) != 1 || (*a.JSON200)[0].PersonId != person:
		return "", answered(a.StatusCode(), a.Body)
	}
	first := (*a.JSON200)[0]
	return fmt.Sprintf("%s, rank %d, score %.1f", first.PersonId, first.Rank, first.Score), nil
}

func (w walk) read(ctx context.Context) (string, error) {
	sent, err := w.face("obama2.jpg")
	if err != nil {
		return "", err
	}
	a, err := w.client.ReadEncounterWithResponse(ctx, person, visit, &abis.ReadEncounterParams{TransactionId: "walk"})
	switch {
	case err != nil:
		return "", err
	case a.JSON200 == nil || len(a.JSON200.BiometricData) != 1 || a.JSON200.BiometricData[0].Image == nil:
		return "", answered(a.StatusCode(), a.Body)
	case *a.JSON200.BiometricData[0].Image != *sent[0].Image:
		return "", errors.New("the photograph is not the one that was sent")
	}
	return fmt.Sprintf("%s, the photograph as sent", a.JSON200.Status), nil
}

func (w walk) erase(ctx context.Context) (string, error) {
	a, err := w.client.DeleteAllWithResponse(ctx, person, &abis.DeleteAllParams{TransactionId: "walk"})
	if err != nil {
		return "", err
	}
	if a.StatusCode() != http.StatusNoContent {
		return "", answered(a.StatusCode(), a.Body)
	}
	return a.Status(), nil
}

func (w walk) gone(ctx context.Context) (string, error) {
	a, err := w.client.ReadEncounterWithResponse(ctx, person, visit, &abis.ReadEncounterParams{TransactionId: "walk"})
	if err != nil {
		return "", err
	}
	if a.StatusCode() != http.StatusNotFound {
		return "", answered(a.StatusCode(), a.Body)
	}
	return a.Status(), nil
}

func (w walk) face(name string) ([]abis.BiometricData, error) {
	photo, err := os.ReadFile(filepath.Join(w.photos, filepath.Base(name)))
	if err != nil {
		return nil, err
	}
	text := base64.StdEncoding.EncodeToString(photo)
	return []abis.BiometricData{{BiometricType: abis.BiometricTypeFACE, Image: &text}}, nil
}

// answered is the error of an answer that is not the one expected; its body is
// cut, since it may hold a photograph.
func answered(status int, body []byte) error { return fmt.Errorf("answered %d %.200q", status, body) }
