package osia

import (
	"bytes"
	"compress/gzip"
	_ "embed" // for the page
	"io"

	"github.com/gofiber/fiber/v2"
	viewer "github.com/swaggest/swgui/v5/static"
)

var (
	//go:embed viewer.html
	viewerPage []byte
	//go:embed viewer.js
	viewerStart []byte
)

// assets are the viewer's own files, Swagger UI 5 under the licence Apache-2.0:
// by the name that is asked for, with that in the module, packed or not.
var assets = []struct {
	name, file, mime string
	packed           bool
}{
	{"swagger-ui.css", "swagger-ui.css.gz", "text/css; charset=utf-8", true},
	{"swagger-ui-bundle.js", "swagger-ui-bundle.js.gz", "text/javascript; charset=utf-8", true},
	{"favicon-32x32.png", "favicon-32x32.png", "image/png", false},
}

// viewerPolicy lets the page load from this server alone, run no inline script
// and be in nobody's frame. Swagger UI has small pictures in its style sheet.
const viewerPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// pages adds the description of the interface and a page to try it. They need
// no token, set no cookie and tell nothing about who is on record.
func (s *Server) pages(app *fiber.App) {
	description, err := describe(s.config.BodyLimit, s.config.Service.Policy.MaxImageBytes)
	if err != nil { // it is put together from tables of this package
		panic(err)
	}
	app.Get("/openapi.json", static(fiber.MIMEApplicationJSON, description, nil))
	app.Get("/docs", static(fiber.MIMETextHTMLCharsetUTF8, viewerPage, nil))
	app.Get("/docs/viewer.js", static("text/javascript; charset=utf-8", viewerStart, nil))
	for _, a := range assets {
		data, err := viewer.FS.ReadFile(a.file)
		if err != nil { // it is compiled in
			panic(err)
		}
		if a.packed {
			app.Get("/docs/"+a.name, static(a.mime, unpacked(data), data))
		} else {
			app.Get("/docs/"+a.name, static(a.mime, data, nil))
		}
	}
}

// unpacked is done once: for each request it would be 8 ms and 1.5 MB, for
// anybody who asks.
func unpacked(packed []byte) []byte {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil { // it is compiled in
		panic(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		panic(err)
	}
	return text
}

// static answers with plain, or with packed (gzip), if there is one, to who takes
// it.
func static(mime string, plain, packed []byte) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentSecurityPolicy, viewerPolicy)
		c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
		c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
		c.Set(fiber.HeaderCacheControl, "no-cache")
		c.Set(fiber.HeaderContentType, mime)
		text := plain
		if packed != nil {
			c.Vary(fiber.HeaderAcceptEncoding)
			if c.AcceptsEncodings("gzip") == "gzip" {
				c.Set(fiber.HeaderContentEncoding, "gzip")
				text = packed
			}
		}
		c.Response().SetBodyRaw(text) // it is never written to
		return nil
	}
}
