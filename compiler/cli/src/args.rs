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
  agentpassc check                       every contract under this folder
  agentpassc check desk.agentpass        one contract and what it imports

Exit codes: 0 fine; 1 the contracts are at fault; 2 the command could not run.";

#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    Check(Check),
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
    #[arg(long, default_value_t, value_name = "FORMAT", value_parser = format_parser())]
    pub(crate) format: Format,
    /// Exit with 1 on warnings too.
    #[arg(long)]
    pub(crate) deny_warnings: bool,
}

/// When to write colours.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

/// Reads a [`Format`], with its words as the possible values, so that completions know them.
fn format_parser() -> impl clap::builder::TypedValueParser<Value = Format> {
    use clap::builder::{PossibleValuesParser, TypedValueParser};
    PossibleValuesParser::new(Format::ALL.map(Format::word)).try_map(|word| word.parse::<Format>())
}
