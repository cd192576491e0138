//! `agentpassc init`: a first contract, small enough to read at once, with a test.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};

use agentpass_compiler::diagnostics::config;

use crate::disk::words;
use crate::output::{Exit, Failure, print};

/// The file that is written.
const CONTRACT: &str = "contract.agentpass";
/// The contract.
const TEXT: &str = include_str!("init/contract.agentpass");
/// The configuration.
const CONFIG: &str = include_str!("init/agentpass.toml");

/// Runs the verb.
pub(crate) fn run() -> Result<Exit, Failure> {
    if !written(CONTRACT, TEXT)? {
        return Err(Failure::new(format!("`{CONTRACT}` is there already, and is left as it is")));
    }
    let mut done = format!("wrote {CONTRACT}\n");
    if written(config::FILE_NAME, CONFIG)? {
        done.push_str(&format!("wrote {}\n", config::FILE_NAME));
    }
    done.push_str(
        "\nNext:\n  \
         1. put your own tools into the contract; every tool that it does not name is refused\n  \
         2. agentpassc check\n  \
         3. agentpassc explain contract.agentpass\n",
    );
    print(&done)?;
    Ok(Exit::Fine)
}

/// Writes a new file; false where there is one of that name.
fn written(name: &str, text: &str) -> Result<bool, Failure> {
    // Asking and creating are one step: nothing that appears in between is overwritten, nor is what a link leads to.
    match OpenOptions::new().write(true).create_new(true).open(name) {
        Ok(mut file) => match file.write_all(text.as_bytes()) {
            Ok(()) => Ok(true),
            Err(error) => Err(Failure::new(format!("`{name}` cannot be written: {}", words(&error)))),
        },
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(Failure::new(format!("`{name}` cannot be written: {}", words(&error)))),
    }
}
