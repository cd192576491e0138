//! Chapters of the specification: what their fenced blocks hold.
//!
//! A block marked `agentpass` is a program. A first line `// file: NAME` names a file of a program; consecutive blocks with such a
//! line belong to one program, whose first file is the one that is checked. `agentpass escaped` is as in the pages of the
//! errors. A block marked `calls` holds lines ([`super::lines`]) for one gate on the program before it; behind the word, `open`
//! leaves calls without an outcome open, `goes-on` keeps the gate of the lines before, reloaded with this program, and `name=value`
//! sets a parameter.

use agentpass_compiler::diagnostics::pages::unescaped;

/// The name of a block without one.
pub const UNNAMED: &str = "case.agentpass";
/// The first file of a program of several.
const MAIN: &str = "main.agentpass";

/// A program of a chapter.
pub struct Program {
    pub files: Vec<File>,
    pub calls: Vec<Calls>,
}

/// A file of a program.
pub struct File {
    pub name: String,
    pub text: String,
    /// The line of the chapter before its first one, for messages.
    pub at: usize,
}

/// Lines for one gate.
pub struct Calls {
    pub text: String,
    /// The line of the chapter before the first one.
    pub at: usize,
    pub is_open: bool,
    pub goes_on: bool,
    pub params: Vec<(String, String)>,
}

/// A finding, or a mark: file, line in the file, code.
pub type Mark = (String, usize, String);

impl Program {
    /// What the lines of its files say that the compiler finds there: `//~ E0301`.
    pub fn marks(&self) -> Vec<Mark> {
        marks(&self.files)
    }
}

pub fn marks(files: &[File]) -> Vec<Mark> {
    let mut marks = Vec::new();
    for file in files {
        for (line, text) in (1..).zip(file.text.split('\n')) {
            let Some((_, mark)) = text.split_once("//~") else { continue };
            let codes = mark.split_whitespace().filter(|code| *code != "ok");
            marks.extend(codes.map(|code| (file.name.clone(), line, code.to_owned())));
        }
    }
    marks.sort();
    marks
}

/// The programs of a chapter, each with the calls behind it.
pub fn programs(chapter: &str, markdown: &str) -> Vec<Program> {
    let mut programs: Vec<Program> = Vec::new();
    let mut lines = (1..).zip(markdown.lines());
    while let Some((at, text)) = lines.next() {
        let Some(info) = text.strip_prefix("```").map(str::trim) else { continue };
        let body: Vec<&str> =
            lines.by_ref().map(|(_, text)| text).take_while(|text| text.trim_end() != "```").collect();
        let mut words = info.split(' ');
        match words.next().unwrap_or_default() {
            "agentpass" | "json" => add(&mut programs, &body, info == "agentpass escaped", at),
            "calls" => {
                let text = body.iter().flat_map(|line| [*line, "\n"]).collect();
                let mut calls = Calls { text, at, is_open: false, goes_on: false, params: Vec::new() };
                for word in words {
                    match word.split_once('=') {
                        Some((name, value)) => calls.params.push((name.to_owned(), value.to_owned())),
                        None if word == "open" => calls.is_open = true,
                        None if word == "goes-on" => calls.goes_on = true,
                        None => panic!("{chapter}:{at}: `{word}` says nothing about calls"),
                    }
                }
                let program =
                    programs.last_mut().unwrap_or_else(|| panic!("{chapter}:{at}: calls of no program"));
                program.calls.push(calls);
            }
            // A word with a slip in it would let a block pass unseen.
            other => panic!("{chapter}:{at}: nobody reads a block marked `{other}`"),
        }
    }
    programs
}

fn add(programs: &mut Vec<Program>, body: &[&str], is_escaped: bool, at: usize) {
    let name = body.first().and_then(|first| first.strip_prefix("// file: "));
    let skip = usize::from(name.is_some());
    let mut text: String = body.iter().skip(skip).flat_map(|line| [*line, "\n"]).collect();
    if is_escaped {
        text = unescaped(&text);
    }
    let file = File { name: name.unwrap_or(UNNAMED).trim().to_owned(), text, at: at + skip };
    match programs.last_mut() {
        Some(program) if file.name != UNNAMED && file.name != MAIN => program.files.push(file),
        _ => programs.push(Program { files: vec![file], calls: Vec::new() }),
    }
}
