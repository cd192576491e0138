//! The words of every diagnostic, one file per subject. Nothing else in the compiler writes messages.
//!
//! Each function makes one finding: it takes what the phase knows and gives the whole [`Diagnostic`](super::Diagnostic),
//! so that message, help and fix agree.

pub mod absent;
pub mod challenges;
pub mod files;
pub mod flows;
pub mod format;
pub mod habits;
pub mod lints;
pub mod manifests;
pub mod memory;
pub mod names;
pub mod rules;
pub mod skills;
pub mod syntax;
pub mod tests;
pub mod tools;
pub mod types;
