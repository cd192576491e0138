//! The command line: every verb with its options and help.

use clap::{Args, Parser, Subcommand, ValueEnum};

use agentpass_compiler::diagnostics::render::Format;

/// Check, format and explain AgentPass contracts.
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
  agentpassc check                       every contract under this folder
  agentpassc fmt                         the one layout, in place
  agentpassc explain desk.agentpass      what a contract says, in plain words
  agentpassc explain E0301               what an error means, and how to mend it

Exit codes: 0 fine; 1 the contracts are at fault; 2 the command could not run.";

#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    Check(Check),
    Fmt(Fmt),
    Explain(Explain),
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
  cat desk.agentpass | agentpassc check -

Exit codes: 0 no errors; 1 errors, or warnings with --deny-warnings; 2 a file that cannot be read, or bad usage.")]
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

/// Say what a contract means in plain words, or what an error code means.
///
/// The explanation of a contract names every tool with its rules, who is asked and when, where data may go, and what the gate
/// has to remember, in bytes. Files that are named together form one program with one contract.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  agentpassc explain desk.agentpass
  agentpassc explain desk.agentpass --format json
  agentpassc explain E0301
  agentpassc explain unknown-name")]
pub(crate) struct Explain {
    /// A contract (with further files of its program), or a code such as E0301, or its name.
    #[arg(value_name = "CONTRACT|CODE", required = true)]
    pub(crate) subjects: Vec<String>,
    /// human or json.
    #[arg(long, default_value = "human", value_name = "FORMAT", value_parser = words(&[Format::Human, Format::Json]))]
    pub(crate) format: Format,
}

/// Begin: a contract with a test, in the current folder.
///
/// Writes `contract.agentpass`, and `agentpass.toml` where there is none. Never overwrites a file.
#[derive(Args, Debug)]
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
