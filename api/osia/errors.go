package osia

import "oblik/models"

// The codes of OSIA's Error body. A code is its HTTP status times 100 plus a
// number, so that it suffices alone. OSIA lists none; these are part of this
// service's interface and are never given another meaning.
const (
	codeInvalid     int32 = 40000
	codeJSON        int32 = 40001
	codeQuery       int32 = 40002
	codeCallback    int32 = 40003
	codeFilter      int32 = 40004
	codeOnce        int32 = 40005
	codeBase64      int32 = 40017
	codeImageRef    int32 = 40031
	codeEncrypted   int32 = 40032
	codeHTTP        int32 = 40099
	codeToken       int32 = 40100
	codeScope       int32 = 40300
	codeOperation   int32 = 40301
	codeCertificate int32 = 40101
	codeTask        int32 = 40403
	codeRate        int32 = 42900
	codePath        int32 = 40401
	codeMethod      int32 = 40500
	codeSlow        int32 = 40800
	codeBodySize    int32 = 41300
	codeImageSize   int32 = 41301
	codeContentType int32 = 40041
	codeEncoding    int32 = 40042
	codeHeaders     int32 = 43100
	codeInternal    int32 = 50000
	codeBusy        int32 = 50302
	codeNotReady    int32 = 50303
)

// meaning is one row of the table below.
type meaning struct {
	text   string // what was wrong
	next   string // what the client can do
	detail bool   // whether a stranger sees the particulars
	retry  bool   // whether the same request may succeed soon: Retry-After is sent
}

const retake = "take the photograph again"

// meanings is the one table of all errors. The particulars of a fault of the
// service are logged, never shown.
var meanings = map[int32]meaning{
	codeInvalid:     {"the request is not valid", "correct it", true, false},
	codeJSON:        {"the body does not fit its schema", "correct it", true, false},
	codeQuery:       {"a query parameter is not accepted", "correct it", true, false},
	codeCallback:    {"the callback is not accepted", "name an https address of a host that the operator has listed, or leave it out", true, false},
	codeFilter:      {"the filter is not accepted", "correct it; README names what may be given", true, false},
	codeOnce:        {"the Idempotency-Key is not accepted", "send exactly one, of 1 to 255 visible ASCII characters without blanks, with a token that names its client (sub)", false, false},
	40006:           {"this Idempotency-Key came with another body before", "use a new key for a new request", false, false},
	40010:           {"the image is empty", "send one", true, false},
	40011:           {"the image is neither JPEG, PNG, WebP nor JPEG 2000", "send one of these", true, false},
	40012:           {"the image is damaged", retake, true, false},
	40013:           {"the image is cut off", "send it whole", true, false},
	40014:           {"the image has too many bytes or pixels", "send a smaller one", true, false},
	40015:           {"the image is too small", retake, true, false},
	40016:           {"the image is of a variant that is not accepted", "send 8 bit, grey or RGB", true, false},
	40018:           {"the image is refused: it ended the processes that read it", "take another photograph", false, false},
	codeBase64:      {"the bytes are not in base64", "use the standard alphabet with padding, without line breaks or a data: prefix", true, false},
	40020:           {"no face was found", retake, true, false},
	40021:           {"several faces were found", "take the photograph again with one person", true, false},
	40022:           {"the face is too small", "take the photograph again from nearer", true, false},
	40023:           {"the photograph is not upright", "turn it", true, false},
	40024:           {"the face can't be used", retake, true, false},
	codeImageRef:    {"a photograph given by reference can't be had", "send the image itself", true, false},
	codeEncrypted:   {"an encrypted face can't be matched", "send it in clear, over TLS", true, false},
	codeHTTP:        {"this is not sound HTTP", "correct the request", false, false},
	codeToken:       {"a valid bearer token is needed", "get one", false, false},
	codeScope:       {"the token lacks the scope of this operation", "get one with it", false, false},
	40400:           {"no such person, encounter or gallery", "check the ids", false, false},
	codeOperation:   {"the operator does not allow this client the operation", "ask the operator", false, false},
	40302:           {"the operator does not allow this client these galleries", "ask the operator", false, false},
	codeCertificate: {"the client's certificate is not this token's", "use the client's own", false, false},
	40402:           {"a person whom the request or its answer is about was erased, or merged with another, before it was delivered", "read what is there, or ask again", false, false},
	codeTask:        {"no such task, or its result is gone", "ask again", false, false},
	codeRate:        {"this client asks too often", "send less", false, true},
	42901:           {"too many verifications of this person failed", "try again later", false, true},
	42902:           {"too many verifications of this person failed", "ask the operator to unlock the person", false, false},
	codePath:        {"there is no such path", "check it", false, false},
	codeMethod:      {"the path does not know this method", "check it", false, false},
	codeSlow:        {"the request took too long to arrive", "send it again", false, true},
	40900:           {"the id exists already", "choose another, or read what is there", false, false},
	40901:           {"the record was made by other weights", "enrol again", false, false},
	40902:           {"the same request is being worked on", "send it again for the outcome", false, true},
	codeBodySize:    {"the body is too large", "send fewer or smaller images", false, false},
	codeImageSize:   {"an image is too large", "send a smaller one", true, false},
	codeContentType: {"the body must be application/json", "set Content-Type", false, false},
	codeEncoding:    {"compressed bodies are not accepted", "leave out Content-Encoding", false, false},
	codeHeaders:     {"the headers are too large", "send fewer or shorter ones", false, false},
	codeInternal:    {"a fault of the service", "tell its operator", false, false},
	50001:           {"a stored record is damaged", "tell the operator", false, false},
	50300:           {"a part of the service is not available", "try again later", false, true},
	50301:           {"the time allowed was over", "try again later", false, true},
	codeBusy:        {"the service is busy", "try again later", false, true},
	codeNotReady:    {"the service is not ready", "try again later", true, true},
	50304:           {"whether the change was made is not known", "read what is there, or send the same request again if it names both ids or has an Idempotency-Key: else it may be done twice", false, true},
	50310:           {"the image could not be processed", "take another photograph", false, false},
}

// kindCodes gives each kind its code.
var kindCodes = map[models.Kind]int32{
	models.Internal: codeInternal, models.Invalid: codeInvalid,
	models.NotFound: 40400, models.Conflict: 40900,
	models.EmptyImage: 40010, models.UnknownImage: 40011, models.DamagedImage: 40012,
	models.TruncatedImage: 40013, models.LargeImage: 40014, models.SmallImage: 40015,
	models.EncodingImage: 40016, models.BannedImage: 40018,
	models.NoFace: 40020, models.SeveralFaces: 40021, models.SmallFace: 40022,
	models.NotUpright: 40023, models.PoorFace: 40024,
	models.Mismatch: 40901, models.Crashed: 50310, models.Deadline: 50301,
	models.Forbidden: 40302, models.Delayed: 42901, models.Locked: 42902, models.Cancelled: 40402,
	models.Unfetched: codeImageRef,
	models.Reused:    40006, models.InProgress: 40902, models.Uncertain: 50304,
	models.Unavailable: 50300, models.Integrity: 50001,
}
