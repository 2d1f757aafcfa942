package osia

import (
	"maps"
	"math"
	"slices"

	"oblik/api"
	"oblik/models"
)

// The parts that schemas are made of.

func ref(name string) part { return part{"$ref": "#/components/schemas/" + name} }

// someText is a parameter of free text.
func someText() part { return part{"type": "string", "minLength": 1, "maxLength": maxQueryText} }

func anyText(most int) part { return part{"type": "string", "maxLength": most} }

func anID() part {
	return part{"type": "string", "pattern": idPattern, "maxLength": models.MaxIDLength}
}

func oneWord(all []string) part { return part{"type": "string", "enum": all} }

func whole(low, high int64) part { return part{"type": "integer", "minimum": low, "maximum": high} }

func base64Of(most int) part {
	return part{"type": "string", "format": "byte", "maxLength": (most + 2) / 3 * 4}
}

func aURI() part { return part{"type": "string", "format": "uri", "maxLength": maxURI} }

func aTime() part { return part{"type": "string", "format": "date-time"} }

func aScore() part { return part{"type": "number", "minimum": 0, "maximum": models.MaxScore} }

// listOf has low to high elements.
func listOf(element part, low, high int) part {
	return part{"type": "array", "items": element, "minItems": low, "maxItems": high}
}

// closedObject has these members and no others.
func closedObject(members part, required ...string) part {
	s := part{"type": "object", "properties": members, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

// openObject is an object that may have other members.
func openObject(members part) part { return part{"type": "object", "properties": members} }

// schemasOf are all bodies, for images of at most maxImage bytes.
func schemasOf(maxImage int) part {
	required := []string{"status", "encounterType", "galleries", "biometricData"}
	samples := listOf(ref("BiometricData"), 0, api.MaxSamples)
	probes := listOf(ref("BiometricData"), 1, api.MaxSamples)
	all := part{
		"NewEncounter":  closedObject(encounterMembers(samples), required...),
		"Encounter":     closedObject(encounterMembers(samples), append(required, "encounterId", "createdDate", "updatedDate")...),
		"BiometricData": closedObject(sampleMembers(maxImage), "biometricType"),
		"IdentifyRequest": closedObject(part{"filter": ref("Filter"), "biometricData": probes, "encryption": ref("Encryption"), "integrity": blocks()},
			"filter", "biometricData"),
		"VerifyFromIdRequest": closedObject(part{"biometricData": probes, "encryption": ref("Encryption"), "integrity": blocks()}, "biometricData"),
		"VerifyFromBioRequest": closedObject(part{"biometricData1": probes, "biometricData2": probes, "encryption": ref("Encryption"), "integrity": blocks()},
			"biometricData1", "biometricData2"),
	}
	maps.Copy(all, smallSchemas())
	maps.Copy(all, answerSchemas())
	return all
}

func encounterMembers(samples part) part {
	return part{
		"encounterId": anID(), "status": oneWord([]string{"ACTIVE", "INACTIVE"}), "encounterType": part{"type": "string", "minLength": 1, "maxLength": api.MaxTypeLength},
		"createdDate": aTime(), "updatedDate": aTime(), "galleries": ref("GalleryIds"), "clientData": base64Of(api.MaxBlock),
		"contextualData": part{"nullable": true, "description": "Anything; stored, searched by filters, given back."},
		"biographicData": part{"nullable": true, "description": "Anything, as little as possible; stored, searched by filters, given back."},
		"biometricData":  samples, "encryption": ref("Encryption"), "integrity": blocks(),
	}
}

// sampleMembers are those of [reader.sample].
func sampleMembers(maxImage int) part {
	count := whole(0, math.MaxInt32)
	return part{
		"biometricType": oneWord(biometricTypes), "biometricSubType": oneWord(subTypes), "instance": anyText(256),
		"encounterId": anyText(models.MaxIDLength),
		"image": part{"type": "string", "maxLength": (maxImage + 2) / 3 * 4,
			"description": "JPEG, PNG, WebP or JPEG 2000 in base64; of an encrypted item whatever text the client sent."},
		"imageRef": aURI(), "captureDate": aTime(), "captureDevice": anyText(256), "impressionType": oneWord(impressionTypes),
		"width": count, "height": count, "bitdepth": count, "mimeType": anyText(256), "resolution": count,
		"compression": oneWord([]string{"NONE", "WSQ", "JPEG", "JPEG2000", "PNG"}), "missing": listOf(ref("MissingType"), 0, 64),
		"metadata": anyText(api.MaxBlock), "comment": anyText(4096), "template": base64Of(api.MaxBlock / 2), "templateRef": aURI(),
		"templateFormat": anyText(256), "quality": part{"type": "integer", "format": "int64"}, "qualityFormat": anyText(256),
		"algorithm": anyText(256), "vendor": anyText(256), "encryption": ref("Encryption"), "integrity": blocks(),
	}
}

func blocks() part { return listOf(ref("Integrity"), 0, maxIntegrity) }

func smallSchemas() part {
	galleries := listOf(anID(), 1, api.MaxGalleries)
	galleries["uniqueItems"] = true
	return part{
		"GalleryIds": galleries,
		"MissingType": closedObject(part{"biometricSubType": oneWord(subTypes),
			"presence": oneWord([]string{"BANDAGED", "AMPUTATED", "DAMAGED"})}),
		"Encryption": closedObject(part{"type": oneWord([]string{"JWE", "PKCS7"}), "scope": anyText(4096)}, "type", "scope"),
		"Integrity": closedObject(part{
			"id": anyText(128), "type": oneWord([]string{"NONE", "JWS", "PKCS7"}), "scope": anyText(4096), "alg": anyText(64),
			"encrypted": part{"type": "boolean"}, "hash": anyText(1024), "signature": anyText(32 << 10), "signatureRef": aURI(),
		}, "scope", "alg", "hash"),
		"Filter": part{"type": "object", "additionalProperties": true,
			"description": "Whom to search among: attributes of biographicData and contextualData that the operator has listed, encounterType, biometricType; with Min or Max at the end of its name for a range. Others are refused."},
	}
}

func answerSchemas() part {
	text, number, truth := part{"type": "string"}, part{"type": "number"}, part{"type": "boolean"}
	count := whole(0, math.MaxInt32)
	detail := closedObject(part{
		"score": aScore(), "encounterId": anID(), "galleries": ref("GalleryIds"), "biometricType": oneWord(biometricTypes),
		"others": openObject(part{"extrapolated": truth, "compared": count, "threshold": number, "faces": listOf(count, 0, 2*api.MaxSamples)}),
	}, "score")
	states := []models.TaskState{models.TaskPending, models.TaskScheduled, models.TaskCompleted, models.TaskFailed, models.TaskRetry}
	slices.Sort(states)
	return part{
		"Error":        closedObject(part{"code": part{"type": "integer", "format": "int32"}, "message": text}, "code", "message"),
		"Health":       closedObject(part{"status": oneWord([]string{"live", "ready", "impaired"}), "detail": text}, "status"),
		"TaskId":       closedObject(part{"taskId": text, "others": part{"type": "object"}}, "taskId"),
		"TaskStatus":   part{"type": "string", "enum": states},
		"PersonIds":    closedObject(part{"personId": anID(), "encounterId": anID()}, "personId", "encounterId"),
		"ScoreDetail":  detail,
		"GalleryNames": part{"type": "array", "items": anID()},
		"VerifyResult": closedObject(part{"decision": truth, "scores": part{"type": "array", "items": ref("ScoreDetail")}}, "decision"),
		"Candidate": closedObject(part{"personId": anID(), "rank": whole(1, models.MaxCandidates), "score": aScore(),
			"scores": part{"type": "array", "items": ref("ScoreDetail")}}, "personId", "rank", "score"),
		"ExtendablePersonIds": closedObject(part{"personId": anID(), "encounterId": anID(),
			"others": openObject(part{"quality": part{"type": "array", "items": openObject(part{
				"index": count, "instance": text, "interEye": number, "confidence": number, "faces": count})}})}, "personId", "encounterId"),
		"BiometricComputedData": closedObject(part{
			"biometricType": oneWord(biometricTypes), "biometricSubType": oneWord(subTypes), "instance": text,
			"template": part{"type": "string", "format": "byte"}, "templateFormat": text, "quality": part{"type": "integer", "format": "int64"},
			"qualityFormat": text, "algorithm": text, "vendor": text,
		}, "biometricType", "template"),
	}
}
