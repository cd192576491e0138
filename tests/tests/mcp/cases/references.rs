//! References, and schemas whose root is not a plain object.

use serde_json::{Value, json};

use super::{Case, object};

pub(super) fn references() -> Vec<Case> {
    let with_defs = |v: Value, defs: Value| json!({"type": "object", "properties": {"v": v}, "required": ["v"], "$defs": defs});
    let wrap = |all: &[Value]| all.iter().map(|v| json!({"v": v})).collect::<Vec<_>>();
    let tree = json!({"node": {"type": "object", "properties": {
        "name": {"type": "string"}, "children": {"type": "array", "items": {"$ref": "#/$defs/node"}}}, "required": ["name"]}});
    let expression = json!({
        "expr": {"anyOf": [{"type": "number"}, {"$ref": "#/$defs/sum"}]},
        "sum": {"type": "object", "properties": {"plus": {"type": "array", "items": {"$ref": "#/$defs/expr"}, "minItems": 2}},
                "required": ["plus"]}});
    vec![
        object(
            "reference",
            with_defs(json!({"$ref": "#/$defs/id"}), json!({"id": {"type": "string", "pattern": "^c_"}})),
            wrap(&[json!("c_1")]),
            wrap(&[json!("d_1"), json!(1)]),
        ),
        object(
            "tree",
            with_defs(json!({"$ref": "#/$defs/node"}), tree),
            wrap(&[
                json!({"name": "a"}),
                json!({"name": "a", "children": [{"name": "b", "children": [{"name": "c"}]}]}),
            ]),
            wrap(&[
                json!({"name": "a", "children": [{"name": "b", "children": [{"nam": "c"}]}]}),
                json!({"name": "a", "children": [{"name": "b", "children": [{"name": 1}]}]}),
                json!({"name": "a", "children": [{}]}),
            ]),
        ),
        object(
            "two that need each other",
            with_defs(json!({"$ref": "#/$defs/expr"}), expression),
            wrap(&[json!(1), json!({"plus": [1, {"plus": [2, 3]}]})]),
            wrap(&[
                json!("1"),
                json!({"plus": [1]}),
                json!({"plus": [1, {"plus": [2, "3"]}]}),
                json!({"plus": [1, 2], "x": 1}),
            ]),
        ),
        object(
            "the root itself",
            json!({"type": "object", "properties": {"value": {"type": "integer"}, "next": {"$ref": "#"}}, "required": ["value"]}),
            vec![json!({"value": 1}), json!({"value": 1, "next": {"value": 2, "next": {"value": 3}}})],
            vec![
                json!({"value": 1, "next": {}}),
                json!({"value": 1, "next": {"value": 2, "next": {"value": "3"}}}),
            ],
        ),
        object(
            "circle without an end",
            with_defs(
                json!({"$ref": "#/$defs/a"}),
                json!({"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}),
            ),
            vec![],
            wrap(&[json!(1)]),
        ),
        object(
            "definitions",
            json!({"type": "object", "definitions": {"a/b c": {"type": "integer"}},
                   "properties": {"v": {"$ref": "#/definitions/a~1b%20c"}}}),
            vec![json!({"v": 1}), json!({})],
            vec![json!({"v": "1"})],
        ),
        object(
            "reference with more",
            with_defs(
                json!({"$ref": "#/$defs/base", "properties": {"extra": {"type": "boolean"}}, "required": ["extra"]}),
                json!({"base": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}}),
            ),
            wrap(&[json!({"a": 1, "extra": true})]),
            wrap(&[
                json!({"a": 1}),
                json!({"extra": true}),
                json!({"a": 1, "extra": 1}),
                json!({"a": 1, "extra": true, "x": 1}),
            ]),
        ),
        object(
            "anchor",
            with_defs(json!({"$ref": "#here"}), json!({"x": {"$anchor": "here", "type": "integer"}})),
            wrap(&[json!(1)]),
            wrap(&[json!("1")]),
        ),
        object(
            "same name in both worlds",
            json!({"type": "object", "properties": {"properties": {"type": "object", "properties": {"$ref": {"type": "string"}}}}}),
            vec![json!({"properties": {"$ref": "x"}}), json!({})],
            vec![json!({"properties": {"$ref": 1}}), json!({"properties": {"x": 1}})],
        ),
    ]
}

pub(super) fn roots() -> Vec<Case> {
    vec![
        object("no arguments", json!({"type": "object"}), vec![json!({})], vec![json!({"a": 1})]),
        object("empty schema", json!({}), vec![json!({})], vec![json!({"a": 1})]),
        object("refused", json!(false), vec![], vec![json!({}), json!({"a": 1})]),
        object(
            "open",
            json!({"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": true}),
            vec![json!({}), json!({"a": 1, "b": [1]})],
            vec![json!({"a": "1"})],
        ),
        object(
            "open for some",
            json!({"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": {"type": "string"}}),
            vec![json!({"a": 1, "b": "x"})],
            vec![json!({"b": 1})],
        ),
        object(
            "one or the other",
            json!({"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
                   "oneOf": [{"required": ["id"]}, {"required": ["name"]}]}),
            vec![json!({"id": 1}), json!({"name": "a"})],
            vec![json!({}), json!({"id": 1, "name": "a"}), json!({"id": 1, "x": 1})],
        ),
        object(
            "alternatives at the root",
            json!({"anyOf": [
                {"type": "object", "properties": {"url": {"type": "string"}}, "required": ["url"]},
                {"type": "object", "properties": {"file": {"type": "string"}, "line": {"type": "integer"}}, "required": ["file"]}]}),
            vec![json!({"url": "x"}), json!({"file": "x"}), json!({"file": "x", "line": 1})],
            vec![
                json!({}),
                json!({"line": 1}),
                json!({"url": "x", "z": 1}),
                json!({"file": "x", "line": "1"}),
            ],
        ),
        object(
            "reference at the root",
            json!({"$ref": "#/$defs/args", "$defs": {"args": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}}}),
            vec![json!({"a": 1})],
            vec![json!({}), json!({"a": "1"}), json!({"a": 1, "b": 1})],
        ),
        object(
            "all of at the root",
            json!({"type": "object", "allOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]}, {"properties": {"b": {}}}]}),
            vec![json!({"a": 1}), json!({"a": 1, "b": null})],
            vec![json!({}), json!({"a": 1, "c": 1})],
        ),
        object(
            "required and not described",
            json!({"type": "object", "properties": {"a": {}}, "required": ["a", "b"]}),
            vec![json!({"a": 1, "b": 1})],
            vec![json!({"a": 1}), json!({"a": 1, "b": 1, "c": 1})],
        ),
    ]
}
