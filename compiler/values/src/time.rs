//! Time: lengths, instants, calendar dates, clock times, zones, and sets of them.
//!
//! 1. A [`Duration`] is a length (`30m`); a [`Timestamp`] an instant on the UTC line. Both are 64-bit nanoseconds.
//! 2. A [`Date`] and a [`TimeOfDay`] are what a calendar and a wall clock show; a [`Zone`] relates them to instants,
//!    with the time-zone data compiled in, so that two machines never disagree about a rule.
//! 3. A [`TimeSet`] says which instants lie in `[mon..fri 09:00..17:00]` of a zone.

mod calendar;
mod duration;
mod set;
mod timestamp;
mod zone;

pub use calendar::{Date, DateError, TimeOfDay, TimeOfDayError};
pub use duration::{Duration, DurationError};
pub use set::{Days, TimeRange, TimeRangeError, TimeSet, Weekday};
pub use timestamp::{Timestamp, TimestampError};
pub use zone::{CalendarUnit, Zone, ZoneError};
