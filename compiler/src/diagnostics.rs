//! Findings about a program: the model, the registry of codes, the words, and the ways to show them.

pub mod codes;
mod model;

pub use codes::Code;
pub use model::{Diagnostic, Edit, Fix, Label, Safety, Severity};
