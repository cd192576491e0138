//! From the text of contracts to a typed program, and everything that can be said about it before a call is seen.
//!
//! One call does all of it: [`analysis::analyse`] takes paths and a way to read files, and gives the typed program with
//! one sorted list of findings.
//!
//! ```
//! use agentpass_compiler::analysis::analyse;
//! use agentpass_compiler::diagnostics::config::Config;
//! use agentpass_compiler::diagnostics::render::{Format, render};
//! use agentpass_compiler::load::MemoryFiles;
//!
//! let files = MemoryFiles::new([(
//!     "desk.agentpass",
//!     "edition 2026\ncontract desk { version \"1\" }\ntool refund(amount: int) { action pay; require amuont < 5 }\n",
//! )]);
//! let analysis = analyse(&["desk.agentpass".to_owned()], &files, &Config::default());
//! assert!(!analysis.is_clean());
//! let shown = render(Format::Short, &analysis.loaded.sources, &analysis.diagnostics, false);
//! assert!(shown.contains("there is no name `amuont`"));
//! ```
//!
//! Each phase takes what the one before it made, and gives a value *and* a list of problems:
//!
//! | phase | module | from -> to |
//! | --- | --- | --- |
//! | parse | [`parse`] | text -> [`ast`], item by item, keeping what is good of broken ones |
//! | load | [`load`] | paths -> every file that the program consists of, the standard library included ([`stdlib`]) |
//! | check | [`check`](mod@check) | trees -> [`typed`]: names, [`types`], absence, facts, history, limits, flows |
//! | lint | [`lint`](mod@lint) | typed program -> what is allowed and still likely a mistake |
//! | lower | [`lower`](mod@lower) | typed program -> decision IR, under values of its parameters |
//! | show | [`diagnostics`] | findings -> terminal, JSON, SARIF, GitHub; the registry and the pages of all codes |
//!
//! [`build`](mod@build) does all of this for whoever wants a contract that can be executed. [`import`] writes contracts from
//! what other systems keep, [`fmt`](mod@fmt) prints the one layout, [`explain`] says what a contract means in plain words.
//! Nothing here reads a clock or an environment variable, or knows of calls; only [`build::Disk`] opens files.

pub mod analysis;
pub mod ast;
pub mod build;
pub mod check;
pub mod diagnostics;
pub mod explain;
pub mod fmt;
pub mod import;
pub mod lint;
pub mod load;
pub mod lower;
mod manifest;
pub mod parse;
mod planted;
pub mod stdlib;
pub mod typed;
pub mod types;
