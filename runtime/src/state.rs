//! What the gate remembers: rows under keys, and the small changes that decisions and outcomes make to them.
//!
//! | row | one per | says |
//! | --- | --- | --- |
//! | [`tally::Tally`] | limit, meter, key | what was counted, what is held, which steps are lifted |
//! | [`watch::Watch`] | monitor, scope, join key | which calls are open, and what is known of those that ended |
//! | [`once::Entry`] | `once` key | that it runs, ran, or that nobody knows |
//! | [`asking::Asking`] | challenged call, or step of a limit | who was asked, and who answered |
//! | [`index::Index`] | call id, challenge id | which of the others it may mean |
//! | [`job::Job`] | job | its labels, what is bound to it, whether it is suspended |
//! | [`permit::Permit`] | allowed call | what its outcome will settle |
//! | [`seen::Seen`] | call id | what was decided about it |
//! | [`switches::Switches`] | gate | which agents and tools are suspended |
//!
//! A store keeps rows and never looks inside. It changes them by [`row::apply`], in place.

pub mod asking;
pub mod index;
pub mod job;
pub mod key;
pub mod once;
pub mod permit;
pub mod recent;
pub mod row;
pub mod runs;
pub mod seen;
pub mod size;
pub mod sums;
pub mod switches;
pub mod tally;
pub mod watch;

pub use key::Key;
pub use row::{Delta, Row};
