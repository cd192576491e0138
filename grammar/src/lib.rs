//! From the text of a contract to tokens, separators and items: the part of the front that never fails.
//!
//! Start with the order of the files, which is the order of the data:
//!
//! 1. [`span`](Span): bytes, lines and files.
//! 2. [`lex`]: text to tokens with logos. Lossless: trivia and mistakes are tokens too.
//! 3. [`layout()`]: which line ends separate, and the *view* of the text that the grammar reads, byte for byte as long
//!    as the text.
//! 4. [`chunk()`]: the view cut into items, so that a mistake in one item never reaches another.
//! 5. [`AgentPassParser`]: the grammar of record, `grammar/agentpass.pest`, over the view of one item.
//!
//! The compiler's AST builder is the only caller that looks at pest's pairs. This crate knows nobody.

mod chunk;
mod layout;
mod rules;
mod span;
mod token;
pub mod words;

pub use chunk::{Block, BracketProblem, Chunk, Chunks, MAX_DEPTH, Unindented, block_of, chunk};
pub use layout::{Layout, is_quoted, layout};
pub use rules::{AgentPassParser, Rule};
pub use span::{FileId, LineIndex, MAX_FILE_BYTES, Position, SourceFile, Sources, Span};
pub use token::{Kind, Token, lex};
