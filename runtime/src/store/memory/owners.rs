//! Whose rows are whose: each principal has room of its own (semantics 22).

use std::collections::HashMap;

use agentpass_values::{Duration, Timestamp};
use foldhash::quality::RandomState;

use super::table::Spot;
use crate::state::Key;

/// A principal's number: rows hold it instead of the name.
pub(super) type Owner = u32;

/// What a principal who has no room left pays for each call towards looking for some, in rows that are looked at.
const PAID: usize = 64;

/// Or how long it waits for each of its rows.
const WAITS: i64 = 2_000;

/// Principals, with their rows.
#[derive(Default)]
pub(super) struct Owners {
    numbers: HashMap<Key, Owner, RandomState>,
    owned: Vec<Owned>,
}

#[derive(Default)]
struct Owned {
    rows: Vec<Spot>,
    /// How many rows may be looked at: as many as came, and some for every call that found no room.
    earned: usize,
    /// When they were looked through last.
    looked: Option<Timestamp>,
}

impl Owners {
    /// The number of a principal. Nothing where there are no more numbers.
    pub(super) fn number(&mut self, key: &Key) -> Option<Owner> {
        if let Some(known) = self.numbers.get(key) {
            return Some(*known);
        }
        let new = Owner::try_from(self.owned.len()).ok()?;
        self.owned.push(Owned::default());
        self.numbers.insert(key.clone(), new);
        Some(new)
    }

    /// The rows of a principal.
    pub(super) fn rows(&self, owner: Owner) -> &[Spot] {
        self.owned.get(owner as usize).map_or(&[], |owned| &owned.rows)
    }

    /// A row came: the number that it has among those of its owner.
    pub(super) fn add(&mut self, owner: Owner, row: Spot) -> u32 {
        let Some(owned) = self.owned.get_mut(owner as usize) else { return u32::MAX };
        owned.rows.push(row);
        owned.earned += 1;
        // There are no more rows than there are numbers of them.
        u32::try_from(owned.rows.len() - 1).unwrap_or(u32::MAX)
    }

    /// A row of that number went: the one that has the number now.
    pub(super) fn remove(&mut self, owner: Owner, number: u32) -> Option<Spot> {
        let rows = &mut self.owned.get_mut(owner as usize)?.rows;
        if (number as usize) < rows.len() {
            rows.swap_remove(number as usize);
        }
        rows.get(number as usize).copied()
    }

    /// True where the rows of a principal may be looked through for some that are over. All calls wait meanwhile: so a principal
    /// whose calls find no room, again and again, has to pay for it, or to wait.
    pub(super) fn may_look(&mut self, owner: Owner, now: Timestamp) -> bool {
        let Some(owned) = self.owned.get_mut(owner as usize) else { return false };
        owned.earned = owned.earned.saturating_add(PAID);
        let wait = i64::try_from(owned.rows.len()).unwrap_or(i64::MAX).saturating_mul(WAITS);
        let until = owned.looked.and_then(|looked| looked.checked_add(Duration::from_nanos(wait)));
        let may = owned.earned >= owned.rows.len() || until.is_some_and(|until| now >= until);
        if may {
            (owned.earned, owned.looked) = (0, Some(now));
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::key::Kind;

    fn key(name: &str) -> Key {
        Key::build(Kind::Switches, |key| _ = key.text(Some(name)))
    }

    #[test]
    fn numbers_of_rows_stay_theirs() {
        let mut owners = Owners::default();
        let (a, b) = (owners.number(&key("a")).unwrap(), owners.number(&key("b")).unwrap());
        assert_eq!((owners.number(&key("a")), a == b), (Some(a), false));
        for spot in 0..4 {
            assert_eq!(owners.add(a, 10 + spot), spot);
        }
        assert_eq!(owners.add(b, 20), 0);
        assert_eq!(owners.remove(a, 1), Some(13), "the last one takes its number");
        assert_eq!(owners.rows(a), [10, 13, 12]);
        assert_eq!(owners.remove(a, 2), None, "behind the last one there is none");
        assert_eq!((owners.rows(a), owners.rows(b)), (&[10, 13][..], &[20][..]));
    }

    #[test]
    fn looking_is_paid_or_waited_for() {
        let mut owners = Owners::default();
        let a = owners.number(&key("a")).unwrap();
        let rows = 100 * PAID as u32;
        (0..rows).for_each(|spot| _ = owners.add(a, spot));
        let now = Timestamp::EPOCH;
        assert!(owners.may_look(a, now), "what came has paid");
        let looks = (0..1_000).filter(|_| owners.may_look(a, now)).count();
        assert_eq!(looks, 10, "then each call pays for some rows");
        assert!(!owners.may_look(a, now));
        let later = now.checked_add(Duration::from_nanos(i64::from(rows) * WAITS)).unwrap();
        assert!(owners.may_look(a, later) && !owners.may_look(a, later));
    }
}
