//! Findings about a program: the model, the registry of codes, the words, and the ways to show them.

pub mod codes;
pub mod config;
pub mod fixes;
mod model;
pub mod pages;
pub mod problems;
pub mod render;
pub mod sort;
pub mod suggest;

pub use codes::Code;
pub use model::{Diagnostic, Edit, Fix, Label, Safety, Severity};
