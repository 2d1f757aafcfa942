package s3

import (
	"errors"
	"net/http"
	"os"
	"time"

	"github.com/minio/minio-go/v7/pkg/credentials"
)

const (
	// reread is how long credentials from a file are used before it is read
	// again: one that is replaced is taken up without a restart.
	reread = time.Minute
	// machineTimeout bounds each request to the machine's own service for
	// credentials. Outside Amazon's cloud nobody answers there.
	machineTimeout = time.Second
)

var errNoCredentials = errors.New("no S3 credentials were found: in the credentials file that was named or, " +
	"if none was, in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in the shared credentials file or from the machine")

// credentialsOf looks where c says and, if it says nothing, where Amazon's
// tools look, in their order: the machine is asked only when all else is empty.
func credentialsOf(c Config) *credentials.Credentials {
	named := &file{credentials.FileAWSCredentials{Filename: c.CredentialsFile, Profile: c.Profile}}
	providers := []credentials.Provider{named}
	if c.CredentialsFile == "" {
		providers = []credentials.Provider{&credentials.EnvAWS{}, named}
		if os.Getenv("AWS_EC2_METADATA_DISABLED") != "true" {
			// No proxy stands between a machine and its own service.
			client := &http.Client{Timeout: machineTimeout, Transport: &http.Transport{}}
			providers = append(providers, &credentials.IAM{Client: client})
		}
	}
	return credentials.New(&found{credentials.Chain{Providers: providers}})
}

// file is read again every minute. The library's own reads it for each request,
// unless the file says how long its credentials are good.
type file struct{ credentials.FileAWSCredentials }

// RetrieveWithCredContext reads the file.
func (f *file) RetrieveWithCredContext(cc *credentials.CredContext) (credentials.Value, error) {
	value, err := f.FileAWSCredentials.RetrieveWithCredContext(cc)
	if err == nil && value.Expiration.IsZero() {
		f.SetExpiration(time.Now().Add(reread), 0)
	}
	return value, err
}

// found makes an error of credentials that are nowhere: the chain would send
// requests without a signature. What went wrong with a file is left out, since
// the text could quote it.
type found struct{ credentials.Chain }

// RetrieveWithCredContext asks one provider after another.
func (f *found) RetrieveWithCredContext(cc *credentials.CredContext) (credentials.Value, error) {
	value, err := f.Chain.RetrieveWithCredContext(cc)
	if err != nil || value.SignerType.IsAnonymous() {
		return credentials.Value{}, errNoCredentials
	}
	return value, nil
}
