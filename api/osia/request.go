package osia

import (
	"mime"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// request is what is kept of a request to do it later.
type request struct {
	params map[string]string // of the path, as they stand there
	rawURL string            // the query string
	csv    bool              // text/csv is asked for
	body   []byte            // fiber's: work must not keep it
}

// requestOf copies what fiber uses again, but for the body.
func requestOf(f *fiber.Ctx, r route) request {
	q := request{
		params: map[string]string{}, rawURL: string(f.Request().URI().QueryString()),
		csv: r.operation == "readGalleryContent" && f.Accepts(fiber.MIMEApplicationJSON, mimeCSV) == mimeCSV,
	}
	for _, name := range f.Route().Params {
		q.params[name] = strings.Clone(f.Params(name))
	}
	if r.body != noBody {
		q.body = f.Request().Body()
	}
	return q
}

// checkBody leaves the body unread. fiber would inflate a compressed one
// without a bound; so none is accepted.
func checkBody(c *fiber.Ctx, r route) error {
	if r.body == noBody {
		return nil
	}
	h := &c.Request().Header
	if len(h.Peek(fiber.HeaderContentEncoding)) > 0 {
		return &Fault{Code: codeEncoding}
	}
	if len(c.Request().Body()) == 0 {
		if r.body == optionalBody {
			return nil
		}
		return &Fault{Code: codeJSON, Detail: "the body is empty"}
	}
	kind, params, err := mime.ParseMediaType(string(h.ContentType()))
	charset, given := params["charset"]
	if err != nil || kind != fiber.MIMEApplicationJSON || given && !strings.EqualFold(charset, "utf-8") {
		return &Fault{Code: codeContentType}
	}
	return nil
}

// decodeBody reads the body with f. Nothing that f returns lies in it.
func decodeBody[T any](c *call, f func(*reader) T) (T, error) {
	return decode(c.body, c.service.Policy.MaxImageBytes, c.refs, f)
}
