package s3

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"strings"

	"github.com/minio/minio-go/v7"

	"oblik/models"
)

// causes are the answers an operator can do something about, in plain words.
var causes = map[string]string{ // #nosec G101 -- texts about credentials, none
	"RequestTimeTooSkewed":         "the clocks of this machine and of the S3 server differ too much",
	"ExpiredToken":                 "the S3 credentials have expired",
	"ExpiredTokenException":        "the S3 credentials have expired",
	"InvalidAccessKeyId":           "the S3 server does not know the access key",
	"XAdminUserNotFound":           "the S3 server does not know the access key", // versitygw
	"InvalidToken":                 "the S3 server does not accept the session token",
	"SignatureDoesNotMatch":        "the S3 server does not accept the secret key",
	"AccessDenied":                 "the S3 credentials do not permit this in the bucket",
	"NoSuchBucket":                 "there is no such bucket",
	"AuthorizationHeaderMalformed": "the bucket is in another region",
	"InvalidRegion":                "the bucket is in another region",
	"PermanentRedirect":            "the bucket is in another region",
	"SlowDown":                     "the S3 server is overloaded",
	"BadDigest":                    "the image changed on its way to the S3 server",
	"XAmzContentSHA256Mismatch":    "the image changed on its way to the S3 server",
}

var codeForm = regexp.MustCompile(`^[A-Za-z0-9.]{1,64}$`)

// translate makes minio's, the network's and a context's errors ours; one that
// is ours already stays as it is. A server's own text is left out, and so are
// addresses of objects: nobody here knows what is in them.
func translate(ctx context.Context, op string, err error) error {
	if err == nil {
		return nil
	}
	if ours := (*models.Error)(nil); errors.As(err, &ours) {
		return err
	}
	// Timeouts of our own transport say they were a context's.
	if ctx.Err() != nil {
		return &models.Error{Op: op, Kind: models.Deadline, Err: ctx.Err()}
	}
	if errors.Is(err, errNoCredentials) || errors.Is(err, errAbsent) {
		return &models.Error{Op: op, Kind: models.Unavailable, Err: err}
	}
	if answer := (minio.ErrorResponse{}); errors.As(err, &answer) {
		code := answer.Code
		if !codeForm.MatchString(code) {
			code = "no code"
		}
		cause := causes[code]
		if cause == "" {
			cause = "the S3 server could not do it"
		}
		return models.Errorf(op, models.Unavailable, "%s (%d %s)", cause, answer.StatusCode, code)
	}
	return models.Errorf(op, models.Unavailable, "the S3 server could not be reached: %s", plain(err))
}

// plain is a network's error without the address of the request.
func plain(err error) string {
	if outer := (*url.Error)(nil); errors.As(err, &outer) {
		err = outer.Err
	}
	if text := err.Error(); !strings.Contains(text, "://") {
		return text
	}
	return "the connection was closed"
}
