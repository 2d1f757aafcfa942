package conformance

import "testing"

func TestSchemaAcceptsWhatFits(t *testing.T) {
	for name, c := range map[string]struct {
		schema schema
		text   string
	}{
		"error":            {fault, `{"code":40400,"message":"no"}`},
		"least encounter":  {encounter, `{"status":"ACTIVE","encounterId":"e","encounterType":"","galleries":["g"],"biometricData":[]}`},
		"free blocks":      {encounter, `{"status":"INACTIVE","encounterId":"e","encounterType":"t","galleries":["g","h"],"biometricData":[],"biographicData":"encrypted","contextualData":{"a":[null]}}`},
		"dates and bytes":  {encounter, `{"status":"ACTIVE","encounterId":"e","encounterType":"t","galleries":["g"],"biometricData":[{"biometricType":"FACE","width":3}],"createdDate":"2024-11-18T14:21:00+01:00","clientData":"AA=="}`},
		"others are free":  {extendablePersonIDs, `{"personId":"p","encounterId":"e","others":{"any":{"thing":1}}}`},
		"scores of 1e2":    {verifyResult, `{"decision":false,"scores":[{"score":1e2},{"score":-0.5}]}`},
		"no candidates":    {list(candidate), `[]`},
		"a bare string":    {enum(taskStates...), `"PENDING"`},
		"a word of OK":     {accepted, `"OK"`},
		"nothing asked":    {anything, `null`},
		"greatest of rank": {candidate, `{"personId":"p","rank":2147483647,"score":1}`},
	} {
		if why := c.schema.check(decoded([]byte(c.text))); why != "" {
			t.Errorf("%s: %s", name, why)
		}
	}
}

func TestSchemaNamesWhatDoesNotFit(t *testing.T) {
	for text, c := range map[string]struct {
		schema schema
		want   string
	}{
		`[]`:                                     {fault, "$ is not an object"},
		`{"code":1}`:                             {fault, "$ lacks message"},
		`{"code":1,"message":"m","extra":2}`:     {fault, `$ has the key "extra", which its schema has not`},
		`{"code":1.5,"message":"m"}`:             {fault, "$.code is not an integer of 32 bits"},
		`{"code":2147483648,"message":"m"}`:      {fault, "$.code is not an integer of 32 bits"},
		`{"code":"1","message":"m"}`:             {fault, "$.code is not a number"},
		`{"code":1,"message":null}`:              {fault, "$.message is not a string"},
		`{}`:                                     {list(text), "$ is not an array"},
		`["a",1]`:                                {list(text), "$[1] is not a string"},
		`[ ]`:                                    {groups, "$ has fewer than 1 items"},
		`["a","b","a"]`:                          {groups, "$ has an item twice"},
		`"pending"`:                              {enum(taskStates...), "$ is none of PENDING, RESPONSE_SCHEDULED, RESPONSE_ERROR, RESPONSE_RETRY, COMPLETED"},
		`{"decision":1}`:                         {verifyResult, "$.decision is not a boolean"},
		`{"decision":true,"scores":null}`:        {verifyResult, "$.scores is not an array"},
		`{"decision":true,"scores":[{"sc":1}]}`:  {verifyResult, "$.scores[0] lacks score"},
		`"2024-11-18"`:                           {text.as("date-time"), "$ is not of the format date-time"},
		`"not base64"`:                           {text.as("byte"), "$ is not of the format byte"},
		`"%zz"`:                                  {text.as("uri"), "$ is not of the format uri"},
		`{"biometricType":"FACE","template":""}`: {object(properties{"biometricType": biometricType}, "biometricType"), `$ has the key "template", which its schema has not`},
	} {
		if got := c.schema.check(decoded([]byte(text))); got != c.want {
			t.Errorf("%s: %q, want %q", text, got, c.want)
		}
	}
}

func TestOnlyOneJSONValueIsABody(t *testing.T) {
	for _, text := range []string{``, `OK`, `{"a":1}{}`, `{"a":1`, `1 2`} {
		if v := decoded([]byte(text)); v != nil {
			t.Errorf("%q is read as %v", text, v)
		}
	}
}

// FuzzAnswers checks that no answer of a service breaks the checker.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{`{}`, `[{"personId":"p","rank":1,"score":2}]`, `{"status":7,"galleries":[[]]}`, `"OK"`, `nul`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v := decoded(text)
		for _, op := range operations {
			op.answer.check(v)
		}
		if v == nil && encounter.check(v) == "" {
			t.Error("nothing is an encounter")
		}
	})
}
