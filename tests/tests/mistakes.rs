//! One file with twelve mistakes of different phases, written with accents, emoji, tabs and CRLF: exactly twelve findings, each
//! under the right text, nothing that is only a consequence of another one, and everything good of the file still usable.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use agentpass_compiler::analysis::{Analysis, analyse};
use agentpass_compiler::diagnostics::Severity;
use agentpass_compiler::diagnostics::config::Config;
use agentpass_compiler::load::MemoryFiles;

const FILE: &str = "édition 🚀.agentpass";

/// The file; line ends become CR LF. `\t` are real tabs.
const TEXT: &str = "edition 2026
// Ein Vertrag für das Büro in Zürich — 🚀
label pii
set größen: int = [1, 2, \"drei\"]
tool crm.lesen(kunde: id, felder: list<string> = [\"kunde\"]) {
\taction read
\treads  crm carrying pii
\trequire each f in felder: f in [\"kunde\", \"größe\"]\tbecause \"kein Feld {f} 🙈\" as felder_regel
}
tool zahlen.senden(betrag: money<USD> as cents, ziel: email, notiz?: string) {
\taction pay
\tamount betrag
\trequire betrag <= 100\tbecause \"höchstens 100 €\"
\trequire betrag <= $100 because \"höchstens {betrag} 💶\" as höchstens
\tdeny when notiz == \"🚀\"
\trequire ziel.dömain == \"example.com\"
\tdeny when ziel.domain in \"böse.example\" as böse
}
tool kaputt(a: int) {
\taction read
\trequire a > 1 2
\trequire a < 5 as kleiner
}
tool ohne_aktion(a: int) { require a > 1 }
tool mail.senden(an: list<email>) {
\taction send
\trequire after crm.gelesen within 30m
\tlimit pro_tag per user { calls at most 5 }
\tchallenge niemand when job carries pii
\tdeny when each e in an: e.domain == \"🦊.example\"
\tdeny because \"offen {hier\"
}
challenge chef { expires 15m }
tool gut(a: id) { action read; once per a }
";

fn analysis() -> (Analysis, String) {
    let text = TEXT.replace('\n', "\r\n");
    let files = MemoryFiles::new([(FILE, text.as_str())]);
    (analyse(&[FILE.to_owned()], &files, &Config::default()), text)
}

#[test]
fn twelve_mistakes_are_twelve_findings() {
    let (analysis, text) = analysis();
    let found: Vec<(usize, &str, &str)> = analysis
        .diagnostics
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| {
            let span = finding.span.start as usize..finding.span.end as usize;
            let line = text[..span.start].matches('\n').count() + 1;
            (line, finding.code.id, &text[span])
        })
        .collect();
    assert_eq!(
        found,
        [
            (4, "E0402", "\"drei\""),
            (13, "E0407", "100"),
            (15, "E0501", "notiz"),
            (16, "E0304", "dömain"),
            (21, "E0101", "2"),
            (24, "E0601", "ohne_aktion"),
            (27, "E0305", "crm.gelesen"),
            (28, "E0712", "limit"),
            (29, "E0301", "niemand"),
            (30, "E0615", "each e in an: e.domain == \"🦊.example\""),
            (31, "E0618", "{"),
            (33, "E0801", "chef"),
        ]
    );
}

#[test]
fn what_is_good_stays_usable() {
    let (analysis, _) = analysis();
    let program = &analysis.checked.program;
    let tools: Vec<&str> = program.tools.iter().map(|tool| tool.name.as_str()).collect();
    assert_eq!(tools, ["crm.lesen", "zahlen.senden", "kaputt", "ohne_aktion", "mail.senden", "gut"]);
    let rules: Vec<&str> =
        program.blocks.iter().flat_map(|block| &block.rules).map(|rule| rule.id.as_str()).collect();
    for name in ["crm.lesen/felder_regel", "zahlen.senden/höchstens", "zahlen.senden/böse", "kaputt/kleiner"]
    {
        assert!(rules.contains(&name), "{name} is not among {rules:?}");
    }
    assert!(rules.iter().any(|rule| rule.starts_with("gut/once-")), "{rules:?}");
    assert_eq!(program.labels.len(), 1);
    assert!(program.tools[1].facts.amount.is_some());
}
