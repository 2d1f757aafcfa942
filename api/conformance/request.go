package conformance

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/url"
	"regexp"
)

// request is one to come; its methods give changed copies.
type request struct {
	op      *operation
	path    string // with its parameters filled in
	query   map[string]string
	content []byte // nil: no body
	header  map[string]string
	token   *string // nil: the one with all scopes
}

var parameter = regexp.MustCompile(`\{\w+\}`)

// ask makes a request of an operation; ids fill its path's parameters in order.
func ask(op string, ids ...string) request {
	r := request{op: operationOf(op), query: map[string]string{}, header: map[string]string{}}
	r.path = parameter.ReplaceAllStringFunc(r.op.path, func(string) string {
		id := ids[0]
		ids = ids[1:]
		return url.PathEscape(id)
	})
	return r
}

// with sets a parameter of the query.
func (r request) with(key, value string) request {
	r.query = maps.Clone(r.query)
	r.query[key] = value
	return r
}

// transaction is used where a check names none of its own.
const transaction = "conformance"

// withoutTransaction leaves out the parameter that all operations require.
func (r request) withoutTransaction() request { return r.with("transactionId", "") }

// as sends another token; an empty one: none at all.
func (r request) as(token string) request {
	r.token = &token
	return r
}

// saying sets a header.
func (r request) saying(key, value string) request {
	r.header = maps.Clone(r.header)
	r.header[key] = value
	return r
}

// body sets a body of JSON.
func (r request) body(v any) request {
	content, err := json.Marshal(v)
	if err != nil {
		panic(err) // of maps, lists, strings, numbers
	}
	return r.bytes(content)
}

// bytes sets a body as it is; nil: none.
func (r request) bytes(content []byte) request {
	r.content = content
	return r
}

// members gives the body's, to be changed and set again.
func (r request) members() map[string]any {
	var all map[string]any
	if err := json.Unmarshal(r.content, &all); err != nil {
		panic(err) // it was made by body
	}
	return all
}

func (r request) url(base string) string {
	query := url.Values{"transactionId": {transaction}}
	for key, value := range r.query {
		query.Set(key, value)
	}
	if query.Get("transactionId") == "" {
		query.Del("transactionId")
	}
	return base + r.path + "?" + query.Encode()
}

// faces is a list of BiometricData, one for each photograph.
func faces(photos ...[]byte) []any {
	all := []any{}
	for _, photo := range photos {
		all = append(all, map[string]any{"biometricType": "FACE", "image": base64.StdEncoding.EncodeToString(photo)})
	}
	return all
}

// The bodies of searches.
func searchFor(photo []byte) map[string]any {
	return map[string]any{"filter": map[string]any{}, "biometricData": faces(photo)}
}

func searchWith(filter map[string]any, photo []byte) map[string]any {
	return map[string]any{"filter": filter, "biometricData": faces(photo)}
}

func probe(photo []byte) map[string]any {
	return map[string]any{"biometricData": faces(photo)}
}

func probes(first, second []byte) map[string]any {
	return map[string]any{"biometricData1": faces(first), "biometricData2": faces(second)}
}
