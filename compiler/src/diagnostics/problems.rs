//! The words of every diagnostic, one file per phase. Nothing else in the compiler writes messages.
//!
//! Each function makes one finding: it takes what the phase knows and gives the whole [`Diagnostic`](super::Diagnostic),
//! so that message, help and fix agree.

pub mod format;
pub mod syntax;
