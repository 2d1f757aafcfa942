package conformance

// The schemas of the answers, after components/schemas of abis.yaml. Objects
// have no other properties than these, but where the standard says so.

var (
	anything = schema{}
	text     = schema{kind: "string"}
	integer  = schema{kind: "integer"}
	number   = schema{kind: "number"}
	boolean  = schema{kind: "boolean"}
	others   = schema{kind: "object", open: true}
	groups   = schema{kind: "array", items: &text, least: 1, unique: true} // ids of galleries
)

var fault = object(properties{"code": integer.as("int32"), "message": text}, "code", "message")

var biometricType = enum("FACE", "FINGER", "IRIS", "SIGNATURE", "UNKNOWN")

var biometricSubType = enum(
	"UNKNOWN", "RIGHT_THUMB", "RIGHT_INDEX", "RIGHT_MIDDLE", "RIGHT_RING", "RIGHT_LITTLE",
	"LEFT_THUMB", "LEFT_INDEX", "LEFT_MIDDLE", "LEFT_RING", "LEFT_LITTLE",
	"PLAIN_RIGHT_FOUR_FINGERS", "PLAIN_LEFT_FOUR_FINGERS", "PLAIN_THUMBS",
	"UNKNOWN_PALM", "RIGHT_FULL_PALM", "RIGHT_WRITERS_PALM", "LEFT_FULL_PALM", "LEFT_WRITERS_PALM",
	"RIGHT_LOWER_PALM", "RIGHT_UPPER_PALM", "LEFT_LOWER_PALM", "LEFT_UPPER_PALM", "RIGHT_OTHER", "LEFT_OTHER",
	"RIGHT_INTERDIGITAL", "RIGHT_THENAR", "RIGHT_HYPOTHENAR", "LEFT_INTERDIGITAL", "LEFT_THENAR", "LEFT_HYPOTHENAR",
	"RIGHT_INDEX_AND_MIDDLE", "RIGHT_MIDDLE_AND_RING", "RIGHT_RING_AND_LITTLE",
	"LEFT_INDEX_AND_MIDDLE", "LEFT_MIDDLE_AND_RING", "LEFT_RING_AND_LITTLE", "RIGHT_INDEX_AND_LEFT_INDEX",
	"RIGHT_INDEX_AND_MIDDLE_AND_RING", "RIGHT_MIDDLE_AND_RING_AND_LITTLE",
	"LEFT_INDEX_AND_MIDDLE_AND_RING", "LEFT_MIDDLE_AND_RING_AND_LITTLE",
	"EYE_UNDEF", "EYE_RIGHT", "EYE_LEFT", "EYE_BOTH", "PORTRAIT", "LEFT_PROFILE", "RIGHT_PROFILE",
)

var impressionType = enum(
	"LIVE_SCAN_PLAIN", "LIVE_SCAN_ROLLED", "NONLIVE_SCAN_PLAIN", "NONLIVE_SCAN_ROLLED",
	"LATENT_IMPRESSION", "LATENT_TRACING", "LATENT_PHOTO", "LATENT_LIFT",
	"LIVE_SCAN_SWIPE", "LIVE_SCAN_VERTICAL_ROLL", "LIVE_SCAN_PALM", "NONLIVE_SCAN_PALM",
	"LATENT_PALM_IMPRESSION", "LATENT_PALM_TRACING", "LATENT_PALM_PHOTO", "LATENT_PALM_LIFT",
	"LIVE_SCAN_OPTICAL_CONTACTLESS_PLAIN", "OTHER", "UNKNOWN",
)

var encryption = object(properties{"type": enum("JWE", "PKCS7"), "scope": text}, "type", "scope")

var integrity = list(object(properties{
	"id": text, "type": enum("NONE", "JWS", "PKCS7"), "scope": text, "alg": text, "encrypted": boolean,
	"hash": text, "signature": text, "signatureRef": text.as("uri"),
}, "scope", "alg", "hash"))

var missing = list(object(properties{"biometricSubType": biometricSubType, "presence": enum("BANDAGED", "AMPUTATED", "DAMAGED")}))

var biometricData = object(properties{
	"biometricType": biometricType, "biometricSubType": biometricSubType, "instance": text, "encounterId": text,
	"image": text, "imageRef": text.as("uri"), "captureDate": text.as("date-time"), "captureDevice": text,
	"impressionType": impressionType, "width": integer, "height": integer, "bitdepth": integer, "mimeType": text,
	"resolution": integer, "compression": enum("NONE", "WSQ", "JPEG", "JPEG2000", "PNG"), "missing": missing,
	"metadata": text, "comment": text, "template": text, "templateRef": text.as("uri"), "templateFormat": text,
	"quality": integer.as("int64"), "qualityFormat": text, "algorithm": text, "vendor": text,
	"encryption": encryption, "integrity": integrity,
}, "biometricType")

var computedData = object(properties{
	"biometricType": biometricType, "biometricSubType": biometricSubType, "instance": text, "template": text,
	"templateFormat": text, "quality": integer.as("int64"), "qualityFormat": text, "algorithm": text, "vendor": text,
}, "biometricType", "template")

var encounter = object(properties{
	"encounterId": text, "status": enum("ACTIVE", "INACTIVE"), "encounterType": text,
	"createdDate": text.as("date-time"), "updatedDate": text.as("date-time"), "galleries": groups,
	"clientData": text.as("byte"), "contextualData": anything, "biographicData": anything,
	"biometricData": list(biometricData), "encryption": encryption, "integrity": integrity,
}, "status", "encounterId", "encounterType", "galleries", "biometricData")

var personIDs = object(properties{"personId": text, "encounterId": text}, "personId", "encounterId")

var extendablePersonIDs = object(properties{"personId": text, "encounterId": text, "others": others}, "personId", "encounterId")

var taskID = object(properties{"taskId": text, "others": others}, "taskId")

var scoreDetail = object(properties{
	"score": number, "encounterId": text, "galleries": groups, "biometricType": biometricType,
	"biometricSubType": biometricSubType, "instance": text, "others": others,
}, "score")

var candidate = object(properties{
	"personId": text, "rank": integer.as("int32"), "score": number, "scores": list(scoreDetail), "others": others,
}, "personId", "rank", "score")

var verifyResult = object(properties{"decision": boolean, "scores": list(scoreDetail)}, "decision")

// The states of a task, in the order in which it passes through them.
var taskStates = []string{"PENDING", "RESPONSE_SCHEDULED", "RESPONSE_ERROR", "RESPONSE_RETRY", "COMPLETED"}

// accepted is the body of a callback where the answer has none.
var accepted = enum("OK")
