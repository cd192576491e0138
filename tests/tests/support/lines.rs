//! Lines that say what a gate has to answer: `deny require@cap "at most $100" | {"tool": "pay", "args": {…}}`.
//!
//! First stands the answer: `allow`, `challenge`, `deny` or `replay` to a call, `ok` or `error` to anything else. Every reason
//! follows in its order, as its code; behind an `@` its rule, by the last part of its id, and in quotes its message, where they
//! matter. An allowed call has no reasons, but it may have warnings. `again` says that the decision was made before. The rest, behind the bar, is what the gate is given, raw.

use agentpass_runtime::{Decision, Line};

/// What has to be answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    pub answer: String,
    pub again: bool,
    pub reasons: Vec<Wants>,
}

/// A reason that there has to be.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wants {
    pub code: String,
    pub rule: Option<String>,
    pub message: Option<String>,
}

const ANSWERS: &[&str] = &["allow", "challenge", "deny", "replay", "ok", "error"];

impl Wanted {
    /// A line as what has to be answered, and to what.
    pub fn parse(line: &str) -> Result<(Wanted, &str), String> {
        let (answer, mut rest) = line.split_once(' ').ok_or("a line needs an answer and a bar")?;
        let mut wanted = Wanted { answer: answer.to_owned(), again: false, reasons: Vec::new() };
        if !ANSWERS.contains(&answer) {
            return Err(format!("`{answer}` is no answer"));
        }
        loop {
            rest = rest.trim_start();
            if let Some(given) = rest.strip_prefix('|') {
                let has_reasons = match answer {
                    "allow" => None,
                    answer => Some(!matches!(answer, "ok" | "replay")),
                };
                if has_reasons.is_some_and(|has| has == wanted.reasons.is_empty()) {
                    return Err(format!("`{answer}` with {} reasons", wanted.reasons.len()));
                }
                return Ok((wanted, given.trim()));
            }
            if rest.starts_with('"') {
                let mut texts = serde_json::Deserializer::from_str(rest).into_iter::<String>();
                let text = texts.next().and_then(Result::ok).ok_or("a message is a string of JSON")?;
                rest = rest.get(texts.byte_offset()..).unwrap_or_default();
                wanted.reasons.last_mut().ok_or("a message belongs to a reason")?.message = Some(text);
                continue;
            }
            let end = rest.find([' ', '|']).ok_or("a line needs a bar before what the gate is given")?;
            let (word, after) = rest.split_at(end);
            rest = after;
            if word == "again" {
                wanted.again = true;
                continue;
            }
            for reason in word.split(',') {
                let (code, rule) = match reason.split_once('@') {
                    Some((code, rule)) => (code, Some(rule.to_owned())),
                    None => (reason, None),
                };
                wanted.reasons.push(Wants { code: code.to_owned(), rule, message: None });
            }
        }
    }

    /// How an answer differs; nothing where it is as wanted.
    pub fn differs(&self, answer: &Line) -> Option<String> {
        match answer {
            Line::Decision(decision) => return self.differs_from(decision),
            Line::Done if self.answer == "ok" => return None,
            Line::Refused(error) if self.answer == "error" => {
                let one = |wants: &Wants| wants.fits(error.code, None, &error.message);
                if matches!(self.reasons.as_slice(), [wants] if one(wants)) {
                    return None;
                }
            }
            _ => {}
        }
        Some(format!("expected {}, got {}", self.told(), answer.to_json()))
    }

    /// How a decision differs.
    pub fn differs_from(&self, decision: &Decision) -> Option<String> {
        let found: Vec<_> = decision.reasons.iter().chain(&decision.warnings).collect();
        let fits = self.answer == decision.verdict.word()
            && self.again == decision.repeated
            && found.len() == self.reasons.len()
            && found
                .iter()
                .zip(&self.reasons)
                .all(|(it, wants)| wants.fits(it.code, it.rule.as_deref(), &it.message));
        (!fits).then(|| {
            let found: Vec<String> = found
                .iter()
                .map(|it| format!("{}@{} {:?}", it.code, it.rule.as_deref().unwrap_or("-"), it.message))
                .collect();
            let again = if decision.repeated { " again" } else { "" };
            format!("expected {}, got {}{again} {}", self.told(), decision.verdict.word(), found.join(", "))
        })
    }

    fn told(&self) -> String {
        let reasons: Vec<String> = self
            .reasons
            .iter()
            .map(|it| {
                let rule = it.rule.as_ref().map_or(String::new(), |rule| format!("@{rule}"));
                let message = it.message.as_ref().map_or(String::new(), |text| format!(" {text:?}"));
                format!("{}{rule}{message}", it.code)
            })
            .collect();
        format!("{}{} {}", self.answer, if self.again { " again" } else { "" }, reasons.join(", "))
    }
}

impl Wants {
    fn fits(&self, code: &str, rule: Option<&str>, message: &str) -> bool {
        self.code == code
            && self.rule.as_ref().is_none_or(|wanted| rule.is_some_and(|id| id_is(id, wanted)))
            && self.message.as_ref().is_none_or(|wanted| wanted == message)
    }
}

/// Rules are known by the last part of their ids.
fn id_is(id: &str, rule: &str) -> bool {
    id == rule || id.ends_with(&format!("/{rule}"))
}

/// What the gate is given: `{U+202E}` is a character, `{0xFF}` a byte, `{65 x [}` the same text many times.
pub fn bytes(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.extend_from_slice(before.as_bytes());
        rest = match after.split_once('}').and_then(|(inside, after)| Some((escaped(inside)?, after))) {
            Some((found, after)) => {
                out.extend(found);
                after
            }
            None => {
                out.push(b'{');
                after
            }
        };
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

fn escaped(inside: &str) -> Option<Vec<u8>> {
    if let Some(hex) = inside.strip_prefix("U+") {
        let c = char::from_u32(u32::from_str_radix(hex, 16).ok()?)?;
        return Some(c.to_string().into_bytes());
    }
    if let Some(hex) = inside.strip_prefix("0x") {
        return Some(vec![u8::from_str_radix(hex, 16).ok()?]);
    }
    let (count, what) = inside.split_once(" x ")?;
    Some(what.repeat(count.parse().ok()?).into_bytes())
}
