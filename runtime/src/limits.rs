//! Limits: what is kept per key, and whether one more call has room.

use agentpass_ir::{Bound, Limit, Meter, Value, Window};
use agentpass_values::{Duration, Timestamp};

use crate::digest::{self, Digest, Sha256};

/// Into how many slices the window of a sum is cut.
const SLICES: i64 = 64;

/// What identifies one running total: limit, shape of the key, unit, window, tenant, values (semantics 22 and 26).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MeterKey(pub Digest);

impl MeterKey {
    /// The key of one bound of a limit. It does not hold the cap: changing that keeps what was spent.
    #[must_use]
    pub fn of(limit: &Limit, bound: &Bound, tenant: Option<&str>, values: &[Value]) -> MeterKey {
        let mut hash = Sha256::new();
        hash.text(&limit.id);
        match bound.meter {
            Meter::Calls => hash.text("calls"),
            Meter::Sum(currency) => hash.text(currency.code()),
        }
        match limit.window {
            Window::Lifetime => hash.update(&[0]),
            Window::Rolling(length) => {
                hash.update(&[1]);
                hash.update(&length.nanos().to_le_bytes());
            }
        }
        // No tenant is not the tenant with the empty name.
        hash.update(&[u8::from(tenant.is_some())]);
        hash.text(tenant.unwrap_or(""));
        values.iter().for_each(|value| digest::value(&mut hash, value));
        MeterKey(hash.finish())
    }
}

/// A running total: what was counted, in slices of time. A store keeps it as it is and never looks inside.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// In order of time.
    pub slices: Vec<Slice>,
}

/// What was counted between two moments. It leaves the window as a whole, after its last moment has left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slice {
    /// The first moment.
    pub first: Timestamp,
    /// The last moment.
    pub last: Timestamp,
    /// How much.
    pub amount: i128,
}

impl Tally {
    /// Forgets what has left the window. What happened exactly its length ago is inside.
    pub fn expire(&mut self, window: Window, now: Timestamp) {
        if let Window::Rolling(length) = window
            && let Some(oldest) = now.checked_sub(length)
        {
            self.slices.retain(|slice| slice.last >= oldest);
        }
    }

    /// The total; none where it cannot be held.
    #[must_use]
    pub fn total(&self) -> Option<i128> {
        self.slices.iter().try_fold(0_i128, |total, slice| total.checked_add(slice.amount))
    }

    /// Counts something.
    pub fn add(&mut self, width: Option<Duration>, now: Timestamp, amount: i128) {
        if let Some(last) = self.slices.last_mut()
            && width.is_none_or(|width| now.since(last.first).is_some_and(|since| since < width))
            && let Some(sum) = last.amount.checked_add(amount)
        {
            last.amount = sum;
            last.last = last.last.max(now);
        } else {
            self.slices.push(Slice { first: now, last: now, amount });
        }
    }

    /// When an amount will have room below a bound, if ever, should nothing else be counted.
    #[must_use]
    pub fn room_at(&self, window: Window, most: i128, amount: i128) -> Option<Timestamp> {
        let Window::Rolling(length) = window else { return None };
        let mut total = self.total()?.checked_add(amount)?;
        for slice in &self.slices {
            total = total.checked_sub(slice.amount)?;
            if total <= most {
                // The window is closed: the slice has left one nanosecond later.
                return slice.last.checked_add(length)?.checked_add(Duration::from_nanos(1));
            }
        }
        None
    }
}

/// How long a slice is. A count in a window is exact, so each event has a slice of its own; a lifetime is one slice.
#[must_use]
pub fn width(window: Window, meter: Meter) -> Option<Duration> {
    match (window, meter) {
        (Window::Lifetime, _) => None,
        (Window::Rolling(_), Meter::Calls) => Some(Duration::ZERO),
        (Window::Rolling(length), Meter::Sum(_)) => Some(Duration::from_nanos(length.nanos() / SLICES)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_nanos(seconds * 1_000_000_000)
    }

    fn window(seconds: i64) -> Window {
        Window::Rolling(Duration::from_secs(seconds).unwrap())
    }

    #[test]
    fn windows_are_closed() {
        let mut tally = Tally::default();
        tally.add(width(window(10), Meter::Calls), at(0), 1);
        tally.add(width(window(10), Meter::Calls), at(3), 1);
        tally.expire(window(10), at(10));
        assert_eq!(tally.total(), Some(2));
        assert_eq!(tally.room_at(window(10), 2, 1), Some(Timestamp::from_nanos(10_000_000_001)));
        tally.expire(window(10), Timestamp::from_nanos(10_000_000_001));
        assert_eq!(tally.total(), Some(1));
    }

    #[test]
    fn a_sum_refuses_longer_but_never_allows_more() {
        let usd = Meter::Sum(agentpass_values::Currency::USD);
        let mut tally = Tally::default();
        let width = width(window(640), usd);
        tally.add(width, at(0), 5);
        tally.add(width, at(9), 7);
        tally.add(width, at(10), 1);
        assert_eq!(tally.slices.len(), 2);
        tally.expire(window(640), at(645));
        assert_eq!(tally.total(), Some(13), "the first five leave with the seven");
        tally.expire(window(640), at(650));
        assert_eq!(tally.total(), Some(1));
        tally.expire(Window::Lifetime, at(1_000_000));
        assert_eq!(tally.total(), Some(1));
    }
}
