use agentpass_grammar::Span;
use serde_json::{Value as Json, json};

use super::{demands, signature};
use crate::typed::Record;
use crate::types::Ty;

/// The parameters as a signature would be written, and whether their types say all that the schema says.
#[track_caller]
fn check(mut schema: Json, expected: &str, exact: bool) {
    schema.sort_all_objects();
    let mut records = Vec::new();
    let read = signature::read(&mut records, &schema, "tool", Span::default());
    let mut shown: Vec<String> = read.params.iter().map(|field| field_text(&records, field)).collect();
    if read.open {
        shown.push("...".to_owned());
    }
    assert_eq!((shown.join(", ").as_str(), read.exact), (expected, exact), "{schema}");
}

fn field_text(records: &[Record], field: &crate::typed::Field) -> String {
    format!("{}{}: {}", field.name, if field.optional { "?" } else { "" }, ty_text(records, &field.ty))
}

fn ty_text(records: &[Record], ty: &Ty) -> String {
    match ty {
        Ty::Record(id) => {
            let record = &records[id.0];
            let mut fields: Vec<String> =
                record.fields.iter().map(|field| field_text(records, field)).collect();
            if record.open {
                fields.push("...".to_owned());
            }
            format!("{{{}}}", fields.join(", "))
        }
        Ty::List(of, _) => format!("list<{}>", ty_text(records, of)),
        Ty::Nullable(of) => format!("{} or null", ty_text(records, of)),
        other => other.to_string(),
    }
}

fn one(schema: Json) -> Json {
    json!({"type": "object", "properties": {"v": schema}, "required": ["v"]})
}

#[test]
fn what_types_can_say_they_say_exactly() {
    let name =
        json!({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": true});
    for (schema, ty) in [
        (json!({"type": "string", "maxLength": 3}), "string"),
        (json!({"type": "integer", "minimum": 1}), "int"),
        (json!({"type": "number", "exclusiveMaximum": 0.5}), "decimal"),
        (json!({"type": "boolean"}), "bool"),
        (json!({"type": ["string", "null"]}), "string or null"),
        (json!({"anyOf": [{"type": "integer"}, {"type": "null"}]}), "int or null"),
        (json!({"enum": ["a", "b"]}), "\"a\" | \"b\""),
        (json!({"type": "integer", "enum": [1, 2]}), "1 | 2"),
        (json!({"type": ["string", "null"], "enum": ["a", null]}), "\"a\" or null"),
        (json!({"const": "x"}), "\"x\""),
        (json!({"oneOf": [{"const": "x", "title": "X"}]}), "\"x\""),
        (json!({"allOf": [{"type": "integer"}], "title": "wrapped"}), "int"),
        (json!({"type": "array", "items": name}), "list<{a?: string, ...}>"),
        (json!({"type": "array"}), "list<json>"),
        (json!({"description": "anything"}), "json"),
        (json!(true), "json"),
    ] {
        check(one(schema), &format!("v: {ty}"), true);
    }
}

#[test]
fn what_types_cannot_say_is_left_to_the_schema() {
    for (schema, ty) in [
        (json!({"type": "object"}), "json"),
        (json!({"type": "object", "additionalProperties": {"type": "integer"}}), "json"),
        (json!({"type": "number", "multipleOf": 2}), "decimal"),
        (json!({"type": "array", "items": {"type": "string"}, "uniqueItems": true}), "list<string>"),
        (json!({"type": "array", "prefixItems": [{"type": "string"}]}), "list<json>"),
        (json!({"anyOf": [{"type": "string"}, {"type": "integer"}]}), "json"),
        (json!({"type": ["string", "integer"]}), "json"),
        (json!({"type": "string", "pattern": "(?=a)"}), "string"),
        (json!({"type": "string", "not": {"const": "x"}}), "string"),
        (json!({"$ref": "#/nowhere"}), "json"),
        (json!({"type": "null"}), "json"),
        (json!({"type": "integer", "maximum": 1e300}), "int"),
        (json!(false), "json"),
    ] {
        check(one(schema), &format!("v: {ty}"), false);
    }
}

#[test]
fn rules_see_what_any_applied_schema_lists() {
    let a = json!({"properties": {"a": {"type": "integer"}}, "required": ["a"]});
    let b = json!({"properties": {"b": {"type": "string"}}, "required": ["b"]});
    check(json!({"type": "object", "allOf": [a, b]}), "a: int, b: string", false);
    check(json!({"type": "object", "anyOf": [a, b]}), "a?: int, b?: string", false);
    check(json!({"properties": {"a": {"type": "string"}}, "anyOf": [a]}), "a?: string", false);
    check(json!({"anyOf": [a, {"properties": {"a": {"type": "string"}}}]}), "a?: json", false);
    // Where it may come without its alternative, nothing is known of it.
    check(json!({"anyOf": [a, {"required": ["a"]}]}), "a?: json", false);
    check(json!({"anyOf": [a, b], "additionalProperties": true}), "a?: json, b?: json, ...", false);
    check(json!({"$ref": "#/$defs/x", "$defs": {"x": a}}), "a: int", false);
    check(json!({"type": "object", "patternProperties": {"^x": {}}}), "...", false);
    check(json!({"type": "object"}), "", true);
    check(Json::Null, "", true);
}

#[test]
fn a_name_keeps_its_field() {
    let schema = json!({"properties": {"a-b": {"type": "integer"}, "a_b": {"type": "string"}, "a.b": {}, "9": {}, "": {}}});
    check(schema, "_?: json, _9?: json, a_b_2?: int, a_b_3?: json, a_b?: string", true);
}

#[test]
fn schemas_that_lead_back_to_themselves_end() {
    let tree = json!({"type": "object", "properties": {"child": {"$ref": "#"}}});
    check(tree, "child?: {child?: json}", false);
    // Each level names the next one twice: without a memory of what was read this would take for ever.
    let mut defs = serde_json::Map::new();
    for n in 0..60 {
        let next = json!({"$ref": format!("#/$defs/d{}", n + 1)});
        let schema = json!({"type": "object", "properties": {"x": next, "y": next}, "allOf": [next, next]});
        defs.insert(format!("d{n}"), schema);
    }
    let schema = json!({"properties": {"v": {"$ref": "#/$defs/d0"}}, "$defs": defs});
    let mut records = Vec::new();
    let read = signature::read(&mut records, &schema, "tool", Span::default());
    assert!(!read.exact && records.len() < 100);
    let (mut schemas, mut unchecked) = (Vec::new(), Vec::new());
    demands::read(&mut schemas, &schema, &read.exact_params, &mut unchecked).unwrap();
    assert!(schemas.len() < 1000);
    // The last one leads nowhere.
    assert_eq!(unchecked, ["the reference `#/$defs/d60`"]);
}

#[test]
fn deep_schemas_end() {
    let mut schema = json!({"type": "string"});
    for _ in 0..100 {
        schema = json!({"type": "array", "items": {"type": "object", "properties": {"x": schema}}});
    }
    let read = signature::read(&mut Vec::new(), &one(schema), "tool", Span::default());
    assert!(!read.exact);
}
