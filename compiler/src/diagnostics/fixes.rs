//! Applying fixes: which of them go together, and what a text is afterwards. Whether the result is any better, only a new check
//! can tell.

use std::collections::BTreeMap;

use agentpass_grammar::{FileId, Sources};

use super::{Diagnostic, Edit, Fix, Safety};

/// The findings whose fixes may be applied by whoever allows `most`, in their order, without those that touch what one before
/// them changes.
#[must_use]
pub fn together(
    diagnostics: &[Diagnostic],
    most: Safety,
    may_change: impl Fn(FileId) -> bool,
) -> Vec<&Diagnostic> {
    let mut taken: BTreeMap<(FileId, u32), u32> = BTreeMap::new();
    let mut chosen = Vec::new();
    for found in diagnostics {
        let Some(fix) = found.fix.as_ref().filter(|fix| fix.safety <= most && !fix.edits.is_empty()) else {
            continue;
        };
        let is_free = |edit: &Edit| {
            let last = taken.range(..=(edit.span.file, edit.span.end)).next_back();
            last.is_none_or(|(&(file, _), &end)| file != edit.span.file || end < edit.span.start)
        };
        if fix.edits.iter().all(|edit| may_change(edit.span.file) && is_free(edit)) {
            taken.extend(fix.edits.iter().map(|edit| ((edit.span.file, edit.span.start), edit.span.end)));
            chosen.push(found);
        }
    }
    chosen
}

/// The texts of all files that the fixes change. The fixes do not overlap.
#[must_use]
pub fn applied<'f>(sources: &Sources, fixes: impl IntoIterator<Item = &'f Fix>) -> BTreeMap<FileId, String> {
    let mut edits: Vec<&Edit> = fixes.into_iter().flat_map(|fix| &fix.edits).collect();
    // From the end, so that offsets stay what they are.
    edits.sort_by_key(|edit| (edit.span.file, std::cmp::Reverse((edit.span.start, edit.span.end))));
    let mut texts: BTreeMap<FileId, String> = BTreeMap::new();
    for edit in edits {
        let Some(source) = sources.get(edit.span.file) else { continue };
        let text = texts.entry(edit.span.file).or_insert_with(|| source.text.to_string());
        let range = edit.span.start as usize..edit.span.end as usize;
        if text.get(range.clone()).is_some() {
            text.replace_range(range, &edit.text);
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use agentpass_grammar::{SourceFile, Span};

    use super::*;
    use crate::diagnostics::codes;

    fn finding(edits: &[(u32, u32, &str)], safety: Safety) -> Diagnostic {
        let edits = edits.iter().map(|&(start, end, text)| Edit {
            span: Span::new(FileId(0), start, end),
            text: text.to_owned(),
        });
        Diagnostic::new(&codes::SYNTAX, Span::new(FileId(0), 0, 0), "x").fix(Fix {
            title: String::new(),
            safety,
            edits: edits.collect(),
        })
    }

    #[test]
    fn fixes_that_touch_do_not_go_together() {
        let mut sources = Sources::default();
        sources.add(SourceFile::new("a", "0123456789"));
        let all = [
            finding(&[(1, 2, "one"), (8, 9, "eight")], Safety::Safe),
            finding(&[(5, 5, "+")], Safety::Safe),
            finding(&[(3, 4, "never")], Safety::DisplayOnly),
            finding(&[(3, 4, "very likely")], Safety::Unsafe),
            finding(&[(2, 3, "touches")], Safety::Safe),
            finding(&[(5, 6, "touches")], Safety::Safe),
            finding(&[(0, 10, "holds all")], Safety::Safe),
            finding(&[(9, 10, "touches"), (6, 7, "free")], Safety::Safe),
            finding(&[], Safety::Safe),
        ];
        let text = |most| {
            let chosen = together(&all, most, |_| true);
            applied(&sources, chosen.iter().filter_map(|found| found.fix.as_ref()))
                .remove(&FileId(0))
                .unwrap_or_default()
        };
        assert_eq!(text(Safety::Safe), "0one234+567eight9");
        assert_eq!(text(Safety::Unsafe), "0one2very likely4+567eight9");
        assert!(together(&all, Safety::Unsafe, |_| false).is_empty());
    }
}
