//! The command line: every verb with its options and help.

use clap::{Args, Parser, Subcommand, ValueEnum};

use agentpass_compiler::diagnostics::render::Format;

/// Check, test, run, format and explain AgentPass contracts.
///
/// A contract says which tool calls an AI agent may make, which need a person's approval, and which are refused.
#[derive(Parser, Debug)]
#[command(name = "agentpassc", version, max_term_width = 100, after_help = AFTER_HELP, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// Colours: follow the terminal and NO_COLOR, or not.
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    pub(crate) color: Color,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

const AFTER_HELP: &str = "\
Examples:
  agentpassc init                        a first contract in this folder
  agentpassc import mcp github.tools.json -o github.agentpass
                                         one for the tools of an MCP server
  agentpassc check                       every contract under this folder
  agentpassc test                        every test under this folder
  agentpassc eval desk.agentpass --call call.json
                                         one decision, as JSON
  agentpassc fmt                         the one layout, in place
  agentpassc explain desk.agentpass      what a contract says, in plain words
  agentpassc explain E0301               what an error means, and how to mend it

Exit codes: 0 fine; 1 the contracts are at fault; 2 the command could not run.";

#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    Check(Check),
    Test(Test),
    Eval(Eval),
    Replay(Replay),
    Explain(Explain),
    Build(Build),
    Import(Import),
    Fmt(Fmt),
    Init(Init),
    Completions(Completions),
}

/// Find mistakes: parse, resolve, type-check and analyse contracts.
///
/// Without PATH: every `.agentpass` file under the current folder, except in hidden folders, `target` and `node_modules`.
///
/// Files that are named together and hold one contract are one program. Otherwise every file with a contract is a program of
/// its own, together with what it imports, and modules that none of them imports are checked by themselves.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  agentpassc check
  agentpassc check desk.agentpass crm.agentpass
  agentpassc check 'policies/**/*.agentpass' --deny-warnings
  agentpassc check --format sarif > findings.sarif
  agentpassc check --fix
  cat desk.agentpass | agentpassc check -

Exit codes: 0 no errors; 1 errors, or warnings with --deny-warnings; 2 a file that cannot be read or written, or bad usage.
With --fix they speak of what is left.")]
pub(crate) struct Check {
    /// Files, folders or globs; `-` is standard input.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    /// How findings are written: human, short, json, sarif or github.
    #[arg(long, default_value_t, value_name = "FORMAT", value_parser = words(&Format::ALL))]
    pub(crate) format: Format,
    /// Exit with 1 on warnings too.
    #[arg(long)]
    pub(crate) deny_warnings: bool,
    /// Apply the fixes that are marked safe, in all files that are checked, and show what is left.
    ///
    /// Those are the ones where only one thing can have been meant. Each is checked before anything is written, and left out if
    /// it would leave more errors than before. Files are replaced in one step. Standard error says what was changed.
    #[arg(long)]
    pub(crate) fix: bool,
    /// With --fix: also apply the fixes that are marked unsafe: very likely what was meant; read what they did.
    #[arg(long, requires = "fix")]
    pub(crate) unsafe_fixes: bool,
}

/// Run the `test` blocks of contracts.
///
/// Without PATH: every `.agentpass` file under the current folder. Which files form a program, `check --help` says. Each test
/// begins with an empty memory at a fixed time, and ends at the first step that does not go as it says.
///
/// A clause is covered when the tests saw it decide each way that matters: a rule pass and stop, a bound hold and be
/// exceeded, a key be new and be spent; a flow used, a challenge asked.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  agentpassc test
  agentpassc test desk.agentpass --filter refund
  agentpassc test --coverage
  agentpassc test --threshold 90
  agentpassc test --format junit > tests.xml

Exit codes: 0 all passed; 1 a test failed, a contract has errors, or too little is covered; 2 a file that cannot be read, no
test of that name, or bad usage.")]
pub(crate) struct Test {
    /// Files, folders or globs; `-` is standard input.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    /// Run only the tests that have TEXT in their name.
    #[arg(long, value_name = "TEXT")]
    pub(crate) filter: Option<String>,
    /// Say which clauses the tests cover, and list the others with their places.
    #[arg(long)]
    pub(crate) coverage: bool,
    /// Exit with 1 where less than PERCENT of the clauses are covered; implies --coverage.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) threshold: Option<u8>,
    /// How results are written: human, json or junit.
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        hide_possible_values = true,
        hide_default_value = false
    )]
    pub(crate) format: TestFormat,
}

/// How the results of tests are written.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum TestFormat {
    /// For people at a terminal.
    #[default]
    Human,
    /// One document, described by docs/schemas/test-report.schema.json.
    Json,
    /// XML that build servers read.
    Junit,
}

/// Decide one call, and print the decision as one line of JSON.
///
/// The files that are named form one program with one contract; a bundle made by `build` stands for one, too. Identity and
/// time are taken from the call as it is written; without `at` the time is now.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  agentpassc eval desk.agentpass --call call.json
  agentpassc eval agent.agentpass --param project=/src/app --call - < call.json
  agentpassc eval desk.agentpass --call call.json && run-the-tool

Exit codes: 0 allow; 3 challenge; 4 deny, also of a call that cannot be read; 5 replay; 1 errors in the contract (nothing is
printed); 2 a file that cannot be read, or bad usage.")]
pub(crate) struct Eval {
    #[command(flatten)]
    pub(crate) program: Program,
    /// The call; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) call: String,
    /// Make the identifiers from N, so that they are the same every time.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Say on standard error how the decision came about, clause by clause.
    #[arg(long)]
    pub(crate) explain: bool,
}

/// Decide a sequence of calls, one JSON document a line, with memory kept from line to line.
///
/// Each line gives one line of output: a decision for a call, otherwise `{"ok": true}` or `{"error": …}`. A line that cannot be
/// read, an empty one too, is refused, and the run goes on.
#[derive(Args, Debug)]
#[command(after_help = "\
Lines:
  {\"tool\": …}                            a call, with an \"id\" if you like
  {\"settle\": ID, \"outcome\": \"ok\"}        how it ended: ok, error, not_sent or unknown
  {\"approve\": ID, \"by\": {\"user\": …}}     somebody approves what was asked; or \"refuse\"
  {\"event\": NAME, \"args\": {…}}           the host reports something
  {\"usage\": {\"job\": …, \"tokens\": …}}     what was spent between calls
  {\"open\": {\"job\": …, \"parent\": …}}      a job begins; {\"close\": {\"job\": …}}: it is over
  {\"suspend\": {\"agent\": …}}              an operator stops a job, agent or tool, or the \"gate\"; or \"lift\"
  {\"reset\": true}                        everything is forgotten
Whom a line is about, it says with \"tenant\", \"agent\", \"user\" and \"job\"; \"at\" moves the clock.

Examples:
  agentpassc replay desk.agentpass --calls calls.jsonl
  tail -f calls.jsonl | agentpassc replay desk.agentpass --calls -
  agentpassc replay policy.agentpass --input guard --output guard --calls checks.jsonl

Exit codes: 0 every line could be judged; 1 some line was refused, or errors in the contract (nothing is printed); 2 a file
that cannot be read, or bad usage.")]
pub(crate) struct Replay {
    #[command(flatten)]
    pub(crate) program: Program,
    /// The lines; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) calls: String,
    /// What a line is: agentpass, or guard: `{"at_ms": N, "check": {…}}` and `{"reset": true}`, as the JSON guard has them.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", hide_possible_values = true)]
    pub(crate) input: Shape,
    /// How decisions are written: agentpass, or guard: `{"type": …, "reasons": […], "required_approval_for": […]}`.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", hide_possible_values = true)]
    pub(crate) output: Shape,
    /// Leave calls open that get no outcome; otherwise they count as `ok` at the next line.
    #[arg(long)]
    pub(crate) open: bool,
    /// Make the identifiers from N, so that they are the same every time.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
}

/// The shape of calls and decisions.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Shape {
    /// AgentPass's own.
    #[default]
    Agentpass,
    /// The JSON guard's.
    Guard,
}

/// Write a contract as a bundle that gates load without the compiler.
///
/// The bundle holds the checked program with the values of its parameters, and its digest. The same sources and values give
/// the same bytes.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  agentpassc build desk.agentpass -o desk.bundle
  agentpassc build agent.agentpass --param project=/src/app -o agent.bundle
  agentpassc eval desk.bundle --call call.json

Exit codes: 0 written; 1 errors in the contract; 2 a file that cannot be read or written, or bad usage.")]
pub(crate) struct Build {
    #[command(flatten)]
    pub(crate) program: Program,
    /// The bundle. It is replaced in one step, or left as it is.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: String,
}

/// Make a contract from what another system keeps.
///
/// `mcp`: what an MCP server answers to `tools/list`, as JSON; the response around it and the answer to `initialize` may be in
/// the file, too. Tools whose server says that they only read are let through, and what they return is untrusted; every other
/// tool asks somebody first. What was guessed is marked `// review: …`.
///
/// The contract is printed, and refers to FILE as its manifest. With -o it is written, and beside it a manifest that holds the
/// tools with a digest of each, so that `check` reports what changes.
///
/// The last line of an imported contract holds a digest of the lines above. An import overwrites a contract as long as that is
/// true. One that a person has edited is left as it is, unless --force is given.
///
/// `guard`: a policy of the JSON guard. The contract decides as the guard does, with its words and in its order; `replay --input
/// guard --output guard` plays the guard's checks against it.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  agentpassc import mcp github.tools.json > github.agentpass
  agentpassc import mcp github.tools.json -o contracts/github.agentpass
  agentpassc import mcp github.tools.json --server github
  list-tools | agentpassc import mcp - -o github.agentpass
  agentpassc import guard policy.json -o policy.agentpass

Exit codes: 0 imported; 1 a file that is not what it should be; 2 a file that cannot be read or written, or bad usage.")]
pub(crate) struct Import {
    /// What is imported: mcp or guard.
    #[arg(value_enum, value_name = "KIND", hide_possible_values = true)]
    pub(crate) kind: ImportKind,
    /// The documents; `-` is standard input.
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<String>,
    /// Write the contract here. It is replaced in one step, or left as it is.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<String>,
    /// With -o: overwrite files that a person has edited since they were imported, or that nobody imported.
    #[arg(long, requires = "output")]
    pub(crate) force: bool,
    /// With mcp: put `NAME.` before the names of the tools, as the gate sees them.
    #[arg(long, value_name = "NAME")]
    pub(crate) server: Option<String>,
}

/// What can be imported.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ImportKind {
    /// The tools of an MCP server.
    Mcp,
    /// A policy of the JSON guard.
    Guard,
}

/// One program with one contract, and the values of its parameters.
#[derive(Args, Debug)]
pub(crate) struct Program {
    /// The files of one contract, or a bundle; `-` is standard input.
    #[arg(value_name = "CONTRACT", required = true)]
    pub(crate) contracts: Vec<String>,
    /// The value of a `param` of the contract; for each one.
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = param)]
    pub(crate) params: Vec<(String, String)>,
}

/// Reads `NAME=VALUE`; the value may be empty and hold more `=`.
fn param(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

/// Rewrite contracts in the one layout.
///
/// Without PATH: every `.agentpass` file under the current folder. Every comment is kept, and what a contract means is not
/// changed. Of a file with mistakes the sound items are formatted and the others are left as they are.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  agentpassc fmt
  agentpassc fmt --check
  agentpassc fmt - < desk.agentpass > tidy.agentpass

Exit codes: 0 formatted (with --check: nothing to do); 1 mistakes in a contract (with --check: or differences);
2 a file that cannot be read or written, or bad usage.")]
pub(crate) struct Fmt {
    /// Files, folders or globs; `-` reads standard input and writes standard output.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    /// Write nothing; show what would change and exit with 1 if anything would.
    #[arg(long)]
    pub(crate) check: bool,
    /// With --check: a diff (human), or one path a line (short).
    #[arg(long, default_value = "human", value_name = "FORMAT", value_parser = words(&[Format::Human, Format::Short]))]
    pub(crate) format: Format,
}

/// Say what a contract means in plain words, what an error code means, or how a decision came about.
///
/// The explanation of a contract names every tool with its rules, who is asked and when, where data may go, and what the gate
/// has to remember, in bytes. Files that are named together form one program with one contract.
///
/// With --decision and a call, the contract decides the call with an empty memory, and the explanation names the clauses that
/// the call met, one by one, with the values that they saw. With a decision that `eval` or `replay` printed, it says in words
/// what is in it, and needs no contract.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  agentpassc explain desk.agentpass
  agentpassc explain desk.agentpass --format json
  agentpassc explain E0301
  agentpassc explain unknown-name
  agentpassc explain once.unknown
  agentpassc explain desk.agentpass --decision call.json
  agentpassc eval desk.agentpass --call call.json | agentpassc explain --decision -

Exit codes: 0 explained, whatever the verdict; 1 errors in the contract; 2 a file that cannot be read, no such code, or bad
usage.")]
pub(crate) struct Explain {
    /// A contract (with further files of its program), or a code such as E0301, or its name.
    #[arg(value_name = "CONTRACT|CODE", required_unless_present = "decision")]
    pub(crate) subjects: Vec<String>,
    /// A call that the contract decides, or a decision; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) decision: Option<String>,
    /// With --decision: the value of a `param` of the contract; for each one.
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = param, requires = "decision")]
    pub(crate) params: Vec<(String, String)>,
    /// human or json.
    #[arg(long, default_value = "human", value_name = "FORMAT", value_parser = words(&[Format::Human, Format::Json]))]
    pub(crate) format: Format,
}

/// Begin: a contract with a test, in the current folder.
///
/// Writes `contract.agentpass`, and `agentpass.toml` where there is none. Never overwrites a file.
#[derive(Args, Debug)]
#[command(after_help = "\
Exit codes: 0 written; 2 there is such a file already, or it cannot be written.")]
pub(crate) struct Init {}

/// Print a completion script for a shell.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  agentpassc completions bash > ~/.local/share/bash-completion/completions/agentpassc
  agentpassc completions zsh > ~/.zfunc/_agentpassc
  agentpassc completions fish > ~/.config/fish/completions/agentpassc.fish")]
pub(crate) struct Completions {
    /// bash, zsh, fish, powershell or elvish.
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

/// When to write colours.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

/// Reads one of the formats, with their words as the possible values, so that completions know them.
fn words(formats: &[Format]) -> impl clap::builder::TypedValueParser<Value = Format> + use<> {
    use clap::builder::{PossibleValuesParser, TypedValueParser};
    PossibleValuesParser::new(formats.iter().map(|format| format.word()))
        .try_map(|word| word.parse::<Format>())
}
