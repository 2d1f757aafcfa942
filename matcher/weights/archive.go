package weights

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"

	"oblik/models"
)

// Bounds on an archive. Members are only ever read into memory and their names
// never become paths, so no name in an archive can lead outside the folder.
const (
	maxMembers     = 20_000
	maxMemberBytes = 64 << 20  // inflated; six times the largest file shipped manifests know
	maxInflated    = 256 << 20 // of all members that were looked at
)

// memberMagic starts each entry of an archive's directory.
var memberMagic = []byte("PK\x01\x02")

// importZip looks at every member called *.onnx and installs those whose digest
// a shipped manifest knows. Nothing else in the archive is inflated.
func importZip(dir, file string, data []byte) ([]Manifest, error) {
	if n := bytes.Count(data, memberMagic); n > maxMembers { // before a list of them is made
		return nil, models.Errorf(opImport, models.Invalid, "%s has %d members, at most %d are accepted", file, n, maxMembers)
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // member names are not used
		return nil, models.Errorf(opImport, models.Invalid, "%s: %w", file, err)
	}
	var found []Manifest
	installed, looked, left := map[string]bool{}, 0, int64(maxInflated)
	for _, member := range archive.File {
		if !strings.HasSuffix(strings.ToLower(member.Name), onnxExt) {
			continue
		}
		looked++
		body, err := inflate(member, min(maxMemberBytes, left))
		if err != nil {
			return nil, models.Errorf(opImport, models.Invalid, "%s: member %.80q: %w", file, member.Name, err)
		}
		left -= int64(len(body))
		sum := digest(body)
		m, ok := shippedByDigest(sum)
		if !ok || installed[m.ID] {
			continue
		}
		if err := install(dir, m, body, sum); err != nil {
			return nil, err
		}
		installed[m.ID] = true
		found = append(found, m)
	}
	if len(found) == 0 {
		return nil, models.Errorf(opImport, models.Invalid, "%s: none of its %d .onnx files is known; the known ones have the sha256\n%s", file, looked, knownDigests())
	}
	return found, nil
}

// inflate reads a member of at most limit bytes, whatever length it claims.
func inflate(member *zip.File, limit int64) (body []byte, err error) {
	r, err := member.Open()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	body, err = io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(body)) > limit {
		return nil, errors.New("it inflates to more than is accepted")
	}
	return body, nil
}
