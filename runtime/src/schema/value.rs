//! JSON as a tree, for what no signature describes.
//!
//! The text was read strictly before it comes here, so this reader only has to be safe: what it cannot read is nothing.

use super::number::Number;

/// The text was refused before at a much smaller depth.
const MOST_DEPTH: usize = 256;

/// A JSON value. Numbers compare by value, objects whatever the order of their keys.
#[derive(Clone, Debug)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// One text for equal values.
    pub(super) fn canonical(&self) -> String {
        match self {
            Json::Null => "null".to_owned(),
            Json::Bool(value) => value.to_string(),
            Json::Number(number) => number.canonical(),
            Json::Text(text) => format!("{text:?}"),
            Json::Array(all) => {
                let all: Vec<String> = all.iter().map(Json::canonical).collect();
                format!("[{}]", all.join(","))
            }
            Json::Object(fields) => {
                let mut all: Vec<String> =
                    fields.iter().map(|(key, value)| format!("{key:?}:{}", value.canonical())).collect();
                all.sort_unstable();
                format!("{{{}}}", all.join(","))
            }
        }
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Json::Null, Json::Null) => true,
            (Json::Bool(a), Json::Bool(b)) => a == b,
            (Json::Number(a), Json::Number(b)) => a == b,
            (Json::Text(a), Json::Text(b)) => a == b,
            (Json::Array(_), Json::Array(_)) | (Json::Object(_), Json::Object(_)) => {
                self.canonical() == other.canonical()
            }
            _ => false,
        }
    }
}

/// Reads one value and nothing after it.
pub(super) fn parse(text: &str) -> Option<Json> {
    let mut reader = Reader { rest: text };
    let value = reader.value(0)?;
    reader.blank();
    reader.rest.is_empty().then_some(value)
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn blank(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn take(&mut self, token: &str) -> Option<()> {
        self.blank();
        self.rest = self.rest.strip_prefix(token)?;
        Some(())
    }

    fn value(&mut self, depth: usize) -> Option<Json> {
        self.blank();
        match self.rest.bytes().next().filter(|_| depth < MOST_DEPTH)? {
            b'n' => self.take("null").map(|()| Json::Null),
            b't' => self.take("true").map(|()| Json::Bool(true)),
            b'f' => self.take("false").map(|()| Json::Bool(false)),
            b'"' => self.text().map(Json::Text),
            b'[' => self.array(depth),
            b'{' => self.object(depth),
            _ => {
                let end = self.rest.find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E'));
                let (number, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
                self.rest = rest;
                Number::parse(number).map(Json::Number)
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<Json> {
        self.take("[")?;
        let mut all = Vec::new();
        if self.take("]").is_some() {
            return Some(Json::Array(all));
        }
        loop {
            all.push(self.value(depth + 1)?);
            if self.take("]").is_some() {
                return Some(Json::Array(all));
            }
            self.take(",")?;
        }
    }

    fn object(&mut self, depth: usize) -> Option<Json> {
        self.take("{")?;
        let mut fields = Vec::new();
        if self.take("}").is_some() {
            return Some(Json::Object(fields));
        }
        loop {
            self.blank();
            let key = self.text()?;
            self.take(":")?;
            fields.push((key, self.value(depth + 1)?));
            if self.take("}").is_some() {
                return Some(Json::Object(fields));
            }
            self.take(",")?;
        }
    }

    fn text(&mut self) -> Option<String> {
        self.rest = self.rest.strip_prefix('"')?;
        let mut text = String::new();
        loop {
            let at = self.rest.find(['"', '\\'])?;
            let (plain, rest) = self.rest.split_at(at);
            text.push_str(plain);
            if let Some(rest) = rest.strip_prefix('"') {
                self.rest = rest;
                return Some(text);
            }
            let mut chars = rest.chars();
            chars.next();
            let escape = chars.next()?;
            self.rest = chars.as_str();
            text.push(match escape {
                '"' | '\\' | '/' => escape,
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => self.unicode()?,
                _ => return None,
            });
        }
    }

    fn unicode(&mut self) -> Option<char> {
        let first = self.hex()?;
        if !(0xD800..0xDC00).contains(&first) {
            return char::from_u32(first);
        }
        self.rest = self.rest.strip_prefix("\\u")?;
        let second = self.hex().filter(|second| (0xDC00..0xE000).contains(second))?;
        char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    }

    fn hex(&mut self) -> Option<u32> {
        let digits =
            self.rest.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        self.rest = self.rest.get(4..)?;
        u32::from_str_radix(digits, 16).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_compare_by_meaning() {
        let same = |a: &str, b: &str| parse(a).unwrap() == parse(b).unwrap();
        assert!(same("[1, {\"a\": 2.0, \"b\": null}]", "[1.0,{\"b\":null,\"a\":2}]"));
        assert!(same(r#""\u00e9\ud83d\ude00""#, "\"é😀\""));
        assert!(!same("1", "\"1\"") && !same("[1]", "[1,1]") && !same("true", "1"));
    }

    #[test]
    fn what_is_no_json_is_nothing() {
        for bad in ["", "{", "[1,]", "{\"a\"}", "\"\\x\"", "\"\\ud800\"", "nul", "1 2", "\"a"] {
            assert!(parse(bad).is_none(), "{bad}");
        }
        assert!(parse(&"[".repeat(100_000)).is_none());
    }
}
