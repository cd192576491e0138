//! Names of rules that have none: a digest of their structure, so that an edit elsewhere never renames them
//! (semantics 9).

use agentpass_grammar::{Kind, Span};
use sha2::{Digest, Sha256};

use super::Checker;
use crate::ast::Tail;

impl Checker<'_> {
    /// `stripe.refund/cap` for a named rule, `stripe.refund/require-3fa09c41` for another one. Message and layout do
    /// not count; what is demanded does.
    pub(super) fn rule_id(&self, owner: &str, verb: &str, span: Span, tail: &Tail) -> String {
        let name = match &tail.name {
            Some(name) => name.node.clone(),
            None => format!("{verb}-{}", self.structure(span, tail)),
        };
        if owner.is_empty() { name } else { format!("{owner}/{name}") }
    }

    fn structure(&self, span: Span, tail: &Tail) -> String {
        let parts = [tail.because.as_ref(), tail.audit.as_ref()];
        let end = parts.into_iter().flatten().map(|text| text.span.start).min().unwrap_or(span.end);
        let file = self.loaded.files.iter().find(|file| file.id == span.file);
        let text = self.loaded.sources.get(span.file).map_or("", |file| &file.text);
        let mut hash = Sha256::new();
        let tokens = file.map(|file| file.parsed.layout.tokens.as_slice()).unwrap_or_default();
        let first = tokens.partition_point(|token| token.start < span.start);
        for token in tokens.iter().skip(first).take_while(|token| token.end <= end) {
            if !token.kind.is_trivia() && token.kind != Kind::Semicolon {
                hash.update(token.text(text));
                hash.update([0]);
            }
        }
        hash.finalize().iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }
}
