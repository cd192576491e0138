//! agentpass-grammar (its page follows)
mod span;
pub use span::{FileId, LineIndex, MAX_FILE_BYTES, Position, SourceFile, Sources, Span};
