package s3

import (
	"net"
	"net/url"
	"os"
	"regexp"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/s3utils"

	"oblik/models"
)

// Config says where the images are. It holds no secret: credentials come from
// CredentialsFile or, if that is empty, as Amazon's own tools find them, from
// the environment, the shared credentials file or the machine.
type Config struct {
	Endpoint  string // https://host[:port]; http only to this machine, unless AllowPlain
	Bucket    string // exists already
	Region    string // "" for the endpoint's own, or us-east-1, which most servers take
	Prefix    string // comes before every object's name; "" or words separated by /
	PathStyle string // path: host/bucket/object; virtual: bucket.host/object; auto or "": by the endpoint

	CredentialsFile string // in the format of Amazon's shared credentials file
	Profile         string // of it; "" for default
	CAFile          string // PEM certificates to trust besides the system's
	AllowPlain      bool   // images may cross the network unencrypted
}

// defaultRegion is what servers without regions expect in a signature.
const defaultRegion = "us-east-1"

var prefixForm = regexp.MustCompile(`^([A-Za-z0-9_.-]+/)*$`)

// check is [models.Invalid] for what can't work, and completes the rest.
func (c *Config) check(op string) (*url.URL, error) {
	u, err := url.Parse(c.Endpoint)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || strings.Trim(u.Path, "/") != "" ||
		u.Scheme != "http" && u.Scheme != "https" {
		return nil, models.Errorf(op, models.Invalid, "the endpoint is to have the form https://host or https://host:port")
	}
	if u.Scheme == "http" && !c.AllowPlain && !isLoopback(u.Hostname()) {
		return nil, models.Errorf(op, models.Invalid, "plain http would send images unencrypted over a network; use https")
	}
	if err := s3utils.CheckValidBucketNameStrict(c.Bucket); err != nil {
		return nil, models.Errorf(op, models.Invalid, "not the name of a bucket: %w", err)
	}
	if c.Prefix != "" && !strings.HasSuffix(c.Prefix, "/") {
		c.Prefix += "/"
	}
	if !prefixForm.MatchString(c.Prefix) || strings.Contains("/"+c.Prefix, "/.") {
		return nil, models.Errorf(op, models.Invalid, "the prefix is to be words of letters, digits, _ . and -, separated by /")
	}
	if _, known := addressing[c.PathStyle]; !known {
		return nil, models.Errorf(op, models.Invalid, "addressing is auto, path or virtual")
	}
	if c.CredentialsFile != "" {
		if _, err := os.ReadFile(c.CredentialsFile); err != nil {
			return nil, models.Errorf(op, models.Invalid, "the credentials file: %w", err)
		}
	}
	if c.Region == "" {
		c.Region = s3utils.GetRegionFromURL(*u)
	}
	if c.Region == "" {
		c.Region = defaultRegion
	}
	return u, nil
}

var addressing = map[string]minio.BucketLookupType{
	"": minio.BucketLookupAuto, "auto": minio.BucketLookupAuto,
	"path": minio.BucketLookupPath, "virtual": minio.BucketLookupDNS,
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
