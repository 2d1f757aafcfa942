package osia

import (
	"net/http"
	"strings"
	"testing"

	"oblik/models"
)

func TestEveryKindHasACode(t *testing.T) {
	for kind := models.Internal; kind <= models.Unfetched; kind++ {
		code, ok := kindCodes[kind]
		if !ok || meanings[code].text == "" {
			t.Errorf("kind %v has no code or no meaning", kind)
		}
	}
	for code, m := range meanings {
		if http.StatusText(int(code/100)) == "" || m.text == "" || m.next == "" {
			t.Errorf("code %d: %+v", code, m)
		}
	}
}

// A message says nothing twice.
func TestMessagesDoNotStutter(t *testing.T) {
	for want, err := range map[string]error{
		"no face was found; take the photograph again": models.Errorf("x", models.NoFace, "no face was found"),
		"sample 2 of 3: no face was found in the photograph; take the photograph again": models.Errorf("x", models.NoFace,
			"sample 2 of 3: no face was found in the photograph"),
		"the photograph is not upright: turn it so that the face is upright": models.Errorf("x", models.NotUpright,
			"turn it so that the face is upright"),
		"the face is too small: 9 pixels; take the photograph again from nearer": models.Errorf("x", models.SmallFace, "9 pixels"),
		"a fault of the service; tell its operator":                              models.Errorf("x", models.Internal, "secret"),
	} {
		if got := faultOf(err).Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestKindsOnTheWire(t *testing.T) {
	w := newWorld(t)
	w.enroll("p", "e", "ann")
	for _, c := range []struct {
		kind         models.Kind
		status, code int
		detail       bool
	}{
		{models.Internal, 500, 50000, false},
		{models.UnknownImage, 400, 40011, true}, {models.DamagedImage, 400, 40012, true},
		{models.TruncatedImage, 400, 40013, true}, {models.LargeImage, 400, 40014, true},
		{models.SmallImage, 400, 40015, true}, {models.EncodingImage, 400, 40016, true},
		{models.BannedImage, 400, 40018, false},
		{models.NoFace, 400, 40020, true}, {models.SeveralFaces, 400, 40021, true}, {models.SmallFace, 400, 40022, true},
		{models.NotUpright, 400, 40023, true}, {models.PoorFace, 400, 40024, true},
		{models.Mismatch, 409, 40901, false}, {models.Crashed, 503, 50310, false}, {models.Deadline, 503, 50301, false},
		{models.Unavailable, 503, 50300, false}, {models.Integrity, 500, 50001, false},
		{models.Unfetched, 400, 40031, true},
	} {
		t.Run(c.kind.String(), func(t *testing.T) {
			name := "error " + string(appendInt(int(c.kind)))
			r := w.want(w.send("POST", "/v1/verify/main/p"+tx, probeJSON(item(name))), c.status, c.code)
			_, text := r.fault(t)
			if strings.Contains(text, "particulars") != c.detail || strings.Contains(text, "inner") {
				t.Errorf("message %q", text)
			}
			if retry := r.header.Get("Retry-After") != ""; retry != (c.kind == models.Deadline || c.kind == models.Unavailable) {
				t.Errorf("Retry-After is %v", retry)
			}
		})
	}
	w.want(w.send("POST", "/v1/verify/main/p"+tx, probeJSON(item("panic"))), 500, 50000)
	w.want(w.send("POST", "/v1/persons/p/encounters/e"+tx, encounterJSON(item("panic"))), 409, 40900)
	w.want(w.send("POST", "/v1/persons/p/encounters/f"+tx, encounterJSON(item("panic"))), 500, 50000)
}

func appendInt(n int) []byte {
	if n < 10 {
		return []byte{byte('0' + n)}
	}
	return []byte{byte('0' + n/10), byte('0' + n%10)}
}

func TestBadBodies(t *testing.T) {
	w := newWorld(t)
	const create = "/v1/persons/p/encounters/e"
	with := func(key, value string) string {
		return strings.Replace(encounterJSON(item("ann")), `{"status"`, `{"`+key+`":`+value+`,"status"`, 1)
	}
	sample := func(rest string) string { return encounterJSON(`{"biometricType":"FACE",` + rest + `}`) }
	for name, c := range map[string]struct {
		body   string
		code   int
		detail string
	}{
		"absent":             {"", 40001, "empty"},
		"not JSON":           {"nonsense", 40001, "/: expected an object"},
		"byte order mark":    {"\ufeff" + encounterJSON(), 40001, "expected an object"},
		"array":              {"[]", 40001, "expected an object"},
		"one brace":          {"{", 40001, "/: the JSON text ends too early"},
		"cut off, number":    {`{"galleries":`, 40001, "/galleries: the JSON text ends too early"},
		"cut off, free":      {`{"contextualData":[1,`, 40001, "/contextualData: the JSON text ends too early"},
		"cut off, word":      {`{"contextualData":tru`, 40001, "/contextualData: expected a value"},
		"cut off":            {`{"status":"ACT`, 40001, "/status: a string without an end"},
		"trailing comma":     {`{"status":"ACTIVE",}`, 40001, "expected a string"},
		"trailing data":      {encounterJSON() + "x", 40001, "something follows"},
		"two documents":      {encounterJSON() + encounterJSON(), 40001, "something follows"},
		"NaN":                {with("contextualData", "NaN"), 40001, "/contextualData: expected a value"},
		"1e999":              {with("contextualData", "[1e999]"), 40001, "/contextualData: a number out of range"},
		"01":                 {with("contextualData", "[01]"), 40001, "/contextualData: expected a comma"},
		"duplicate key":      {with("status", `"ACTIVE"`), 40001, "occurs twice"},
		"escaped duplicate":  {with(`st\u0061tus`, `"ACTIVE"`), 40001, "occurs twice"},
		"duplicate deep":     {with("biographicData", `{"a":1,"b":{"c":1,"c":2}}`), 40001, "/biographicData: a key occurs twice"},
		"depth 31":           {with("biographicData", deep(31)), 0, ""},
		"depth 33":           {with("biographicData", deep(33)), 40001, "deeper"},
		"depth 10000":        {with("biographicData", deep(10000)), 40001, "deeper"},
		"depth, no end":      {with("biographicData", strings.Repeat("[", 1<<20)), 40001, "deeper"},
		"65 KB block":        {with("biographicData", `"`+strings.Repeat("x", 65<<10)+`"`), 40001, "longer"},
		"65 KB of keys":      {with("biographicData", `[`+strings.Repeat("{},", 30<<10)+`{}]`), 40001, "too long"},
		"unknown key":        {with("hello", "1"), 40001, `unknown key "hello"`},
		"case":               {strings.Replace(encounterJSON(), "status", "Status", 1), 40001, `unknown key "Status"`},
		"unknown in item":    {sample(`"imagee":"x"`), 40001, `/biometricData/0: unknown key "imagee"`},
		"missing":            {`{"status":"ACTIVE"}`, 40001, "encounterType is missing"},
		"missing in item":    {encounterJSON(`{}`), 40001, "/biometricData/0: the key biometricType"},
		"null":               {strings.Replace(encounterJSON(), `"ACTIVE"`, "null", 1), 40001, "/status: expected a string"},
		"wrong type":         {strings.Replace(encounterJSON(), `["main"]`, `"main"`, 1), 40001, "/galleries: expected an array"},
		"status":             {strings.Replace(encounterJSON(), "ACTIVE", "active", 1), 40001, "/status: not one of"},
		"no gallery":         {strings.Replace(encounterJSON(), `"main"`, "", 1), 40000, "galleries"},
		"gallery ALL":        {strings.Replace(encounterJSON(), "main", "ALL", 1), 40000, "ALL"},
		"gallery twice":      {strings.Replace(encounterJSON(), `"main"`, `"a","a"`, 1), 40000, "twice"},
		"gallery id":         {strings.Replace(encounterJSON(), "main", "a b", 1), 40000, "galleryId"},
		"encounterId":        {with("encounterId", `"f"`), 40000, "encounterId"},
		"date":               {with("createdDate", `"yesterday"`), 40001, "/createdDate: not a date"},
		"biometric type":     {encounterJSON(`{"biometricType":"face"}`), 40001, "/biometricData/0/biometricType"},
		"sub type":           {sample(`"biometricSubType":"NOSE"`), 40001, "biometricSubType"},
		"width":              {sample(`"width":1.5`), 40001, "/biometricData/0/width: expected an integer"},
		"width negative":     {sample(`"width":-1`), 40001, "width"},
		"width exponent":     {sample(`"width":1e2`), 40001, "width"},
		"quality beyond":     {sample(`"quality":9223372036854775808`), 40001, "quality"},
		"uri":                {sample(`"templateRef":"no uri"`), 40001, "templateRef"},
		"boolean":            {with("integrity", `[{"scope":"$","alg":"a","hash":"h","encrypted":"true"}]`), 40001, "/integrity/0/encrypted"},
		"integrity":          {with("integrity", `[{"scope":"$"}]`), 40001, "/integrity/0: the key alg"},
		"33 items":           {encounterJSON(strings.Split(strings.Repeat(`{"biometricType":"IRIS"} `, 32)+`{"biometricType":"IRIS"}`, " ")...), 40001, "more than 32"},
		"lone surrogate":     {with("contextualData", `"\ud800"`), 40001, "escape"},
		"escaped NUL":        {with("contextualData", `"\u0000"`), 40001, "NUL"},
		"raw control":        {with("contextualData", "\"\x01\""), 40001, "control"},
		"not UTF-8":          {with("contextualData", "\"\xff\""), 40001, "UTF-8"},
		"bad escape":         {with("contextualData", `"\x"`), 40001, "escape"},
		"face without image": {sample(`"comment":"c"`), 40010, "needs an image"},
		"empty image":        {sample(`"image":""`), 40010, ""},
		"base64 alphabet":    {sample(`"image":"a-_="`), 40017, "/biometricData/0/image"},
		"base64 no padding":  {sample(`"image":"YQ"`), 40017, ""},
		"base64 newline":     {sample(`"image":"YW\nFu"`), 40017, "line breaks"},
		"base64 end bits":    {sample(`"image":"YR=="`), 40017, ""},
		"data URI":           {sample(`"image":"data:image/png;base64,YQ=="`), 40017, ""},
		"large image":        {sample(`"image":"` + strings.Repeat("AAAA", 2<<20+1) + `"`), 41301, "/biometricData/0/image"},
		"client data":        {with("clientData", `"`+strings.Repeat("AAAA", 30<<10)+`"`), 40001, "/clientData"},
		"imageRef":           {sample(`"imageRef":"http://example.org/i"`), 40031, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if c.code == 0 {
				w.want(w.send("POST", create+tx, c.body), 200, 0)
				w.want(w.send("DELETE", create+tx, ""), 204, 0)
				return
			}
			r := w.want(w.send("POST", create+tx, c.body), c.code/100, c.code)
			if _, text := r.fault(t); !strings.Contains(text, c.detail) {
				t.Errorf("message %q lacks %q", text, c.detail)
			}
			w.want(w.send("GET", create+tx, ""), 404, 40400)
		})
	}
}

func deep(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

func TestBadRequestsOfSearches(t *testing.T) {
	w := newWorld(t)
	w.enroll("p", "e", "ann")
	probe := item("ann")
	encrypted := `"encryption":{"type":"JWE","scope":"$"}`
	for name, c := range map[string]struct {
		path, body string
		code       int
	}{
		"verify without probes":   {"/v1/verify/main/p", `{}`, 40001},
		"verify with none":        {"/v1/verify/main/p", probeJSON(), 40000},
		"verify encrypted":        {"/v1/verify/main/p", `{"biometricData":[` + probe + `],` + encrypted + `}`, 40032},
		"verify one set":          {"/v1/verify", `{"biometricData1":[` + probe + `]}`, 40001},
		"verify sets encrypted":   {"/v1/verify", `{"biometricData1":[],"biometricData2":[` + probe + `],` + encrypted + `}`, 40032},
		"identify without filter": {"/v1/identify/main", probeJSON(probe), 40001},
		"identify filter":         {"/v1/identify/main", `{"filter":{"gendre":"F"},"biometricData":[` + probe + `]}`, 40004},
		"identify filter type":    {"/v1/identify/main", `{"filter":{"biometricType":["NOSE"]},"biometricData":[` + probe + `]}`, 40004},
		"identify filter null":    {"/v1/identify/main", `{"filter":null,"biometricData":[` + probe + `]}`, 40001},
		"identify encrypted":      {"/v1/identify/main", `{"filter":{},"biometricData":[` + probe + `],` + encrypted + `}`, 40032},
	} {
		t.Run(name, func(t *testing.T) {
			w.want(w.send("POST", c.path+tx, c.body), c.code/100, c.code)
		})
	}
}
