//! Schemas with what is hard in them, and arguments on both sides of each.

mod references;

use serde_json::{Value, json};

/// A schema with valid and invalid arguments.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) schema: Value,
    pub(crate) valid: Vec<Value>,
    pub(crate) invalid: Vec<Value>,
}

/// A schema for one required property `v`, with values of it.
fn value(name: &'static str, schema: Value, valid: Vec<Value>, invalid: Vec<Value>) -> Case {
    let wrap = |all: Vec<Value>| all.into_iter().map(|v| json!({"v": v})).collect();
    let schema = json!({"type": "object", "properties": {"v": schema}, "required": ["v"]});
    let mut invalid: Vec<Value> = wrap(invalid);
    invalid.push(json!({}));
    Case { name, schema, valid: wrap(valid), invalid }
}

fn object(name: &'static str, schema: Value, valid: Vec<Value>, invalid: Vec<Value>) -> Case {
    Case { name, schema, valid, invalid }
}

pub(crate) fn all() -> Vec<Case> {
    let mut cases = scalars();
    cases.extend(lists());
    cases.extend(objects());
    cases.extend(choices());
    cases.extend(references::references());
    cases.extend(references::roots());
    cases
}

fn scalars() -> Vec<Case> {
    let many: Vec<Value> = (0..3000).map(|n| json!(format!("case-{n}"))).collect();
    vec![
        value("empty", json!({}), vec![json!(null), json!([1]), json!({"a": 1})], vec![]),
        value("anything", json!(true), vec![json!(null), json!({"a": 1})], vec![]),
        value("nothing", json!(false), vec![], vec![json!(null), json!(1)]),
        value(
            "described",
            json!({"description": "x", "title": "y", "default": 1}),
            vec![json!("a"), json!(2)],
            vec![],
        ),
        value(
            "integer",
            json!({"type": "integer", "minimum": 1, "maximum": 10}),
            vec![json!(1), json!(1.0), json!(10)],
            vec![json!(0), json!(11), json!(1.5), json!("1"), json!(true), json!(null)],
        ),
        value(
            "exclusive",
            json!({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}),
            vec![json!(0.5), json!(0.000001)],
            vec![json!(0), json!(1), json!(1.0), json!("0.5")],
        ),
        value(
            "exclusive-draft-4",
            json!({"type": "number", "minimum": 0, "exclusiveMinimum": true}),
            vec![json!(0.5)],
            vec![json!(0), json!(-1)],
        ),
        value(
            "multiple",
            json!({"type": "number", "multipleOf": 0.1}),
            vec![json!(0.3), json!(7)],
            vec![json!(0.35)],
        ),
        value(
            "int or number",
            json!({"type": ["integer", "number"]}),
            vec![json!(1), json!(1.5)],
            vec![json!("1")],
        ),
        value(
            "length",
            json!({"type": "string", "minLength": 2, "maxLength": 3}),
            vec![json!("ab"), json!("äöü"), json!("😀😀")],
            vec![json!("a"), json!("abcd"), json!("")],
        ),
        value(
            "crossed lengths",
            json!({"type": "string", "minLength": 3, "maxLength": 2}),
            vec![],
            vec![json!("ab"), json!("abc"), json!(1)],
        ),
        value(
            "crossed bounds",
            json!({"type": "integer", "minimum": 3, "maximum": 2}),
            vec![],
            vec![json!(2), json!(3)],
        ),
        value(
            "pattern",
            json!({"type": "string", "pattern": "^\\d{2}-[A-Z]+$"}),
            vec![json!("12-AB")],
            vec![json!("12-ab"), json!("x12-AB"), json!("12-AB\n"), json!("١٢-AB")],
        ),
        value(
            "found",
            json!({"type": "string", "pattern": "b"}),
            vec![json!("abc"), json!("b")],
            vec![json!("ac")],
        ),
        value(
            "format",
            json!({"type": "string", "format": "email"}),
            vec![json!("no address")],
            vec![json!(1)],
        ),
        value(
            "enum",
            json!({"type": "string", "enum": ["a", "b"]}),
            vec![json!("a")],
            vec![json!("A"), json!("c"), json!(null), json!(["a"])],
        ),
        value(
            "nullable enum",
            json!({"enum": ["a", "b", null]}),
            vec![json!("a"), json!(null)],
            vec![json!("null"), json!("c")],
        ),
        value(
            "typed nullable enum",
            json!({"type": ["string", "null"], "enum": ["a", null]}),
            vec![json!("a"), json!(null)],
            vec![json!("b")],
        ),
        value(
            "unnullable enum",
            json!({"type": "string", "enum": ["a", null]}),
            vec![json!("a")],
            vec![json!(null)],
        ),
        value(
            "numbers",
            json!({"enum": [1, 2, 5]}),
            vec![json!(1), json!(1.0), json!(5)],
            vec![json!(3), json!("1")],
        ),
        value(
            "mixed enum",
            json!({"enum": [1, "a", null, {"k": [1]}]}),
            vec![json!(1), json!("a"), json!(null), json!({"k": [1.0]})],
            vec![json!("1"), json!({"k": [2]}), json!({"k": [1], "l": 1})],
        ),
        value(
            "huge enum",
            json!({"type": "string", "enum": many}),
            vec![json!("case-2999")],
            vec![json!("case-3000")],
        ),
        value("const", json!({"const": "on"}), vec![json!("on")], vec![json!("off"), json!(true)]),
        value(
            "const object",
            json!({"const": {"a": 1}}),
            vec![json!({"a": 1})],
            vec![json!({}), json!({"a": 1, "b": 2})],
        ),
        value("null", json!({"type": "null"}), vec![json!(null)], vec![json!(0), json!("")]),
        value(
            "or null",
            json!({"type": ["integer", "null"], "minimum": 1}),
            vec![json!(1), json!(null)],
            vec![json!(0), json!("1")],
        ),
        value(
            "nullable",
            json!({"type": "string", "nullable": true}),
            vec![json!("a"), json!(null)],
            vec![json!(1)],
        ),
        value(
            "several types",
            json!({"type": ["string", "integer", "array"], "minimum": 3, "minLength": 2}),
            vec![json!("ab"), json!(3), json!([])],
            vec![json!("a"), json!(2), json!({}), json!(true), json!(null)],
        ),
        value(
            "bounds without a type",
            json!({"minimum": 3}),
            vec![json!(3), json!("a"), json!(null)],
            vec![json!(2)],
        ),
    ]
}

fn lists() -> Vec<Case> {
    vec![
        value(
            "list",
            json!({"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2}),
            vec![json!(["a"]), json!(["a", "b"])],
            vec![json!([]), json!(["a", "b", "c"]), json!([1]), json!("a"), json!([null]), json!([["a"]])],
        ),
        value(
            "crossed sizes",
            json!({"type": "array", "minItems": 2, "maxItems": 1}),
            vec![],
            vec![json!([1]), json!([1, 2])],
        ),
        value(
            "any list",
            json!({"type": "array"}),
            vec![json!([]), json!([1, "a", {"x": null}])],
            vec![json!({}), json!("a")],
        ),
        value(
            "unique",
            json!({"type": "array", "items": {"type": "integer"}, "uniqueItems": true}),
            vec![json!([1, 2]), json!([])],
            vec![json!([1, 1]), json!([1, 1.0]), json!(["1"])],
        ),
        value(
            "tuple",
            json!({"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": false}),
            vec![json!(["a", 1]), json!(["a"])],
            vec![json!(["a", "b"]), json!([1, 1]), json!(["a", 1, 2])],
        ),
        value(
            "old tuple",
            json!({"type": "array", "items": [{"type": "string"}], "additionalItems": {"type": "integer"}}),
            vec![json!(["a", 1, 2]), json!([])],
            vec![json!([1]), json!(["a", "b"])],
        ),
        value(
            "contains",
            json!({"type": "array", "contains": {"const": "x"}, "maxContains": 1}),
            vec![json!(["x"]), json!([1, "x"])],
            vec![json!([]), json!(["x", "x"])],
        ),
        value(
            "matrix",
            json!({"type": "array", "items": {"type": "array", "items": {"type": "number", "minimum": 0}, "minItems": 2}}),
            vec![json!([[1, 2], [0.5, 3]]), json!([])],
            vec![json!([[1]]), json!([[1, -1]]), json!([1, 2])],
        ),
        value(
            "list or null",
            json!({"type": "array", "items": {"type": ["string", "null"]}}),
            vec![json!([null, "a"])],
            vec![json!([1]), json!(null)],
        ),
        value("untyped list", json!({"items": {"type": "string"}}), vec![json!(["a"])], vec![json!([1])]),
    ]
}

fn objects() -> Vec<Case> {
    let inner =
        json!({"type": "object", "properties": {"a": {"type": "integer"}, "b": {}}, "required": ["a"]});
    vec![
        value(
            "closed by silence",
            inner.clone(),
            vec![json!({"a": 1}), json!({"a": 1, "b": {"free": 1}})],
            vec![json!({}), json!({"a": "1"}), json!({"a": 1, "c": 1}), json!([]), json!(null)],
        ),
        value(
            "open inside",
            json!({"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": true}),
            vec![json!({"a": 1, "c": [1]}), json!({})],
            vec![json!({"a": "1", "c": 1})],
        ),
        value(
            "closed in open in closed",
            json!({"type": "object", "additionalProperties": {"type": "object", "properties": {"k": inner}}}),
            vec![json!({"x": {"k": {"a": 1}}, "y": {}}), json!({})],
            vec![json!({"x": {"k": {"a": 1, "z": 1}}}), json!({"x": {"l": 1}}), json!({"x": 1})],
        ),
        value(
            "free",
            json!({"type": "object"}),
            vec![json!({}), json!({"a": {"b": 1}})],
            vec![json!([]), json!("{}"), json!(null)],
        ),
        value(
            "no fields",
            json!({"type": "object", "additionalProperties": false}),
            vec![json!({})],
            vec![json!({"a": 1}), json!([])],
        ),
        value(
            "map",
            json!({"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}}),
            vec![json!({}), json!({"a": 1, "ü": 2.0})],
            vec![json!({"a": -1}), json!({"a": "1"})],
        ),
        value(
            "fields and map",
            json!({"type": "object", "properties": {"id": {"type": "string"}}, "additionalProperties": {"type": "integer"}}),
            vec![json!({"id": "x", "n": 1})],
            vec![json!({"id": 1}), json!({"n": "x"})],
        ),
        value(
            "named by pattern",
            json!({"type": "object", "patternProperties": {"^x-": {"type": "string"}}}),
            vec![json!({"x-a": "1"}), json!({})],
            vec![json!({"x-a": 1}), json!({"y": "1"})],
        ),
        value(
            "names",
            json!({"type": "object", "propertyNames": {"maxLength": 2}, "additionalProperties": true}),
            vec![json!({"ab": 1})],
            vec![json!({"abc": 1})],
        ),
        value(
            "counted",
            json!({"type": "object", "minProperties": 1, "maxProperties": 2}),
            vec![json!({"a": 1})],
            vec![json!({}), json!({"a": 1, "b": 1, "c": 1})],
        ),
        value(
            "dependent",
            json!({"type": "object", "properties": {"a": {}, "b": {}}, "dependentRequired": {"a": ["b"]}}),
            vec![json!({"b": 1}), json!({"a": 1, "b": 1}), json!({})],
            vec![json!({"a": 1})],
        ),
        value(
            "untyped object",
            json!({"properties": {"a": {"type": "integer"}}}),
            vec![json!({"a": 1})],
            vec![json!({"a": "x"}), json!({"b": 1})],
        ),
        object(
            "odd names",
            json!({"type": "object", "properties": {
                "__proto__": {"type": "integer"}, "a.b": {"type": "string"}, "a b": {"type": "string"}, "a_b": {"type": "integer"},
                "ключ": {"type": "boolean"}, "": {"type": "integer"}, "9": {"type": "integer"}, "not": {"type": "integer"},
                "job": {"type": "integer"}, "\u{202e}x": {"type": "integer"}, "\"": {"type": "integer"}
            }, "required": ["__proto__"]}),
            vec![
                json!({"__proto__": 1}),
                json!({"__proto__": 1, "a.b": "x", "a b": "y", "a_b": 1, "ключ": true, "": 1, "9": 1, "not": 1, "job": 1,
                       "\u{202e}x": 1, "\"": 1}),
            ],
            vec![
                json!({}),
                json!({"__proto__": "1"}),
                json!({"__proto__": 1, "a_b": "x"}),
                json!({"__proto__": 1, "a-b": "x"}),
                json!({"__proto__": 1, "x": 1}),
                json!({"__proto__": 1, "Job": 1}),
            ],
        ),
    ]
}

fn choices() -> Vec<Case> {
    let by_id = json!({"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]});
    let by_name = json!({"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]});
    let shape = |kind: &str, field: &str| {
        json!({"type": "object", "properties": {"kind": {"const": kind}, field: {"type": "number"}},
               "required": ["kind", field], "additionalProperties": false})
    };
    vec![
        value(
            "any of scalars",
            json!({"anyOf": [{"type": "string", "maxLength": 2}, {"type": "integer"}]}),
            vec![json!("ab"), json!(1), json!(1.0)],
            vec![json!("abc"), json!(1.5), json!(null)],
        ),
        value(
            "optional in pydantic",
            json!({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}], "default": null}),
            vec![json!(1), json!(null)],
            vec![json!(0), json!("1")],
        ),
        value(
            "any of objects",
            json!({"anyOf": [by_id, by_name]}),
            vec![json!({"id": 1}), json!({"name": "a"}), json!({"id": 1, "name": "a"})],
            vec![
                json!({}),
                json!({"id": "1"}),
                json!({"id": "1", "name": "a"}),
                json!({"id": 1, "x": 1}),
                json!(1),
            ],
        ),
        value(
            "one of shapes",
            json!({"oneOf": [shape("circle", "radius"), shape("square", "side")]}),
            vec![json!({"kind": "circle", "radius": 1}), json!({"kind": "square", "side": 1})],
            vec![
                json!({"kind": "circle", "side": 1}),
                json!({"kind": "circle", "radius": 1, "side": 1}),
                json!({"kind": "oval", "radius": 1}),
            ],
        ),
        value(
            "one of overlapping",
            json!({"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 2}]}),
            vec![json!(1), json!(2.5)],
            vec![json!(3), json!(1.5)],
        ),
        value(
            "titled cases",
            json!({"oneOf": [{"const": "a", "title": "A"}, {"const": "b", "title": "B"}]}),
            vec![json!("a"), json!("b")],
            vec![json!("c"), json!(null)],
        ),
        value(
            "twice the same case",
            json!({"oneOf": [{"const": "a"}, {"enum": ["a", "b"]}]}),
            vec![json!("b")],
            vec![json!("a"), json!("c")],
        ),
        value(
            "all of objects",
            json!({"allOf": [by_id, by_name]}),
            vec![json!({"id": 1, "name": "a"})],
            vec![
                json!({"id": 1}),
                json!({"name": "a"}),
                json!({"id": 1, "name": "a", "x": 1}),
                json!({"id": 1, "name": 2}),
            ],
        ),
        value(
            "all of one",
            json!({"allOf": [{"type": "integer"}], "description": "wrapped"}),
            vec![json!(1)],
            vec![json!("1")],
        ),
        value(
            "all of bounds",
            json!({"type": "integer", "allOf": [{"minimum": 1}, {"maximum": 3}]}),
            vec![json!(1), json!(3)],
            vec![json!(0), json!(4), json!("2")],
        ),
        value(
            "not",
            json!({"type": "string", "not": {"enum": ["root"]}}),
            vec![json!("user")],
            vec![json!("root"), json!(1)],
        ),
        value(
            "if then else",
            json!({"type": "object", "properties": {"kind": {"type": "string"}, "n": {"type": "integer"}},
                   "if": {"properties": {"kind": {"const": "n"}}, "required": ["kind"]},
                   "then": {"required": ["n"]}, "else": {"properties": {"other": {"type": "string"}}}}),
            vec![json!({"kind": "n", "n": 1}), json!({"kind": "m"}), json!({"kind": "m", "other": "x"})],
            vec![json!({"kind": "n"}), json!({"kind": "m", "other": 1}), json!({"kind": "m", "x": 1})],
        ),
        value(
            "any of lists",
            json!({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}),
            vec![json!("a"), json!(["a"])],
            vec![json!([]), json!([1]), json!({})],
        ),
        value(
            "nested any of",
            json!({"anyOf": [{"anyOf": [{"type": "string"}, {"type": "null"}]}, {"type": "boolean"}]}),
            vec![json!("a"), json!(null), json!(true)],
            vec![json!(1), json!([])],
        ),
        value("no alternatives", json!({"anyOf": []}), vec![], vec![json!(1), json!(null)]),
    ]
}
