//! The store against rows in a plain map: whatever names a row, and whatever comes and goes beside it.

use std::collections::BTreeMap;

use agentpass_ir::Program;
use proptest::prelude::*;

use super::*;
use crate::frame::testing::verified;
use crate::state::Delta;
use crate::state::key::Kind;

/// Some are of one job, some of another, some of none; some are kept as digests.
fn key(number: u8) -> Key {
    let long = "x".repeat(usize::from(number) % 2 * 120);
    let kind = [Kind::Watch, Kind::Seen, Kind::Permit, Kind::AskingId][usize::from(number) % 4];
    Key::build(kind, |key| {
        match number % 3 {
            _ if number % 4 > 1 => key.text(None),
            0 => key.of_job(Some("acme"), "j"),
            1 => key.of_job(Some("acme"), "jj"),
            _ => key.of_all(Some("acme")),
        };
        key.text(Some(&long)).fixed(&[number]);
    })
}

fn names(of: &[u8]) -> Row {
    Row::Names(of.iter().map(|of| Some(of.to_string())).collect())
}

type Plain = BTreeMap<u8, Vec<u8>>;

/// What a change does to a row, by its number.
fn delta(what: u8, mark: u8, row: &mut Option<Vec<u8>>) -> Delta {
    match what % 4 {
        0 => {
            *row = Some(vec![mark]);
            Delta::Put(names(&[mark]))
        }
        1 => {
            *row = None;
            Delta::Remove
        }
        _ => {
            let marks = row.get_or_insert_default();
            if !marks.contains(&mark) {
                marks.push(mark);
            }
            Delta::AddName(Some(mark.to_string()))
        }
    }
}

struct Pair {
    contract: Arc<Verified>,
    plan: Arc<Plan>,
    store: MemoryStore,
    plain: Plain,
}

impl Pair {
    fn new() -> Pair {
        let contract = Arc::new(verified(Program::default()));
        let plan = Arc::new(Plan::of(&contract));
        Pair { contract, plan, store: MemoryStore::manual(Timestamp::EPOCH), plain: Plain::new() }
    }

    fn transact(
        &self,
        keys: &[Key],
        owner: Option<Key>,
        changes: Vec<Change>,
    ) -> Result<Vec<Option<Row>>, StoreError> {
        let forms = Forms { contract: &self.contract, plan: &self.plan };
        let account = owner.map_or(Account::Host, Account::Principal);
        let touches = Touches { at: None, account, keys: keys.into() };
        let mut read = Vec::new();
        let mut changes = Some(changes);
        self.store.transact(forms, &touches, &mut |snapshot| {
            read = snapshot.rows.iter().map(|row| row.cloned()).collect();
            changes.take().unwrap_or_default()
        })?;
        Ok(read)
    }

    /// All rows are where they belong, and the owner has as many as there are.
    fn check(&self) -> Result<(), TestCaseError> {
        let keys: Vec<Key> = (0..32).map(key).collect();
        let read = self.transact(&keys, None, Vec::new()).unwrap();
        for (number, row) in (0..32).zip(read) {
            prop_assert_eq!(row, self.plain.get(&number).map(|of| names(of)), "{}", number);
        }
        prop_assert_eq!(self.store.len(), self.plain.len());
        let rows = self.store.lock();
        let own = rows.owners.rows(0);
        prop_assert_eq!(own.len(), self.plain.len());
        for (number, spot) in (0..).zip(own) {
            prop_assert_eq!(
                rows.rows.at(*spot).map(|entry| (entry.owner, entry.number)),
                Some((Some(0), number))
            );
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn changes_meet_the_rows_that_they_name(transactions in proptest::collection::vec(
        (
            proptest::collection::vec(0_u8..32, 0..6),
            proptest::collection::vec((any::<bool>(), 0_u8..32, any::<u8>()), 0..10),
            0_u8..12,
        ),
        1..30,
    )) {
        let mut pair = Pair::new();
        let owner = Key::build(Kind::Switches, |key| _ = key.text(Some("somebody")));
        for (mark, (touched, changes, what)) in transactions.into_iter().enumerate() {
            let keys: Vec<Key> = touched.iter().map(|number| key(*number)).collect();
            let mark = mark as u8;
            let changes = changes
                .into_iter()
                .map(|(by_place, number, what)| {
                    let place = usize::from(number) % touched.len().max(1);
                    let (number, row) = match touched.get(place).filter(|_| by_place) {
                        Some(number) => (*number, Target::Touched(place)),
                        None => (number, key(number).into()),
                    };
                    let mut row_of = pair.plain.remove(&number);
                    let delta = delta(what, mark, &mut row_of);
                    pair.plain.extend(row_of.map(|row| (number, row)));
                    Change::plain(row, delta)
                })
                .collect();
            pair.transact(&keys, Some(owner.clone()), changes).unwrap();
            pair.check()?;
            let job = match what {
                0 => "j",
                1 => "jj",
                _ => continue,
            };
            let of = OfJob::new(Some("acme"), job);
            pair.store.drop_rows(&of);
            pair.plain.retain(|number, _| !of.has(key(*number).as_bytes()));
            pair.check()?;
            // Which ones these are, the names say as well.
            prop_assert!(pair.plain.keys().all(|number| number % 4 > 1 || number % 3 != u8::from(job == "jj")));
        }
    }
}

#[test]
fn a_change_of_a_place_that_there_is_not_changes_nothing() {
    let pair = Pair::new();
    let changes =
        vec![Change::plain(key(1), Delta::Put(names(&[1]))), Change::plain(1, Delta::Put(names(&[2])))];
    assert!(matches!(pair.transact(&[key(2)], None, changes), Err(StoreError::Unavailable(_))));
    assert!(pair.store.is_empty());
}

#[test]
fn what_goes_with_a_job_makes_room() {
    let pair = Pair { store: MemoryStore::manual(Timestamp::EPOCH).with_capacity(3), ..Pair::new() };
    let owner = Key::build(Kind::Switches, |key| _ = key.text(Some("somebody")));
    let of_job = |number: u8| Key::build(Kind::Seen, |key| _ = key.of_job(None, "j").fixed(&[number]));
    let add = |number: u8| {
        let change = Change::plain(of_job(number), Delta::Put(Row::Made));
        pair.transact(&[], Some(owner.clone()), vec![change]).map(drop)
    };
    for number in 0..3 {
        add(number).unwrap();
    }
    assert_eq!(add(3), Err(StoreError::Full));
    pair.store.drop_rows(&OfJob::new(None, "j"));
    for number in 0..3 {
        add(number).unwrap();
    }
    assert_eq!(add(3), Err(StoreError::Full));
}
