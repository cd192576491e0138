//! Soft thresholds on the way to a limit: each total has its own, and who is asked about one is asked for all calls above it
//! (semantics 23).

use agentpass_ir::{Limit, Window};
use agentpass_values::{Duration, Timestamp};

use super::Prepared;
use super::charged::{Charged, OneLine};
use crate::state::Key;
use crate::state::key::Kind;

/// The asking that all calls above a step share, under one contract.
pub(super) fn step_key(prepared: &Prepared<'_>, total: &Key, step: u32) -> Key {
    let contract = prepared.contract().digest();
    Key::build(Kind::Asking, |key| {
        key.fixed(b"step").fixed(&step.to_le_bytes()).fixed(contract).fixed(total.as_bytes());
    })
}

/// A number for one total of a step of a limit that no other has. Bounds that say the same are one step.
pub(super) fn charged_place(
    prepared: &Prepared<'_>,
    charged: &Charged<'_>,
    one: &OneLine<'_>,
    key: usize,
) -> usize {
    let same = charged.lines(prepared).iter().find(|other| other.step == one.step);
    let number = same.map_or(one.number, |other| other.number);
    (((charged.charge.limit.index() << 12) | number) << 12) | key
}

/// Until when a step stays lifted: as long as what was counted matters.
pub(super) fn until(limit: &Limit, late: Timestamp) -> Option<Timestamp> {
    match &limit.window {
        Window::Lifetime => None,
        Window::Rolling(length) => late.checked_add(*length),
        Window::Calendar(unit, zone) => {
            let next = zone.next_start(*unit, late)?;
            next.checked_sub(Duration::from_nanos(1))
        }
    }
}

/// A step that asks: where its asking is kept, and how its approval is noted.
pub(super) struct StepAsking {
    pub asking: Key,
    pub total: Key,
    pub meter: u32,
    pub bound: u32,
    pub until: Option<Timestamp>,
    /// When the unit of the calendar began about which it is asked.
    pub unit: Option<Timestamp>,
}

/// The asking behind a question of a limit.
pub(super) fn step_asking(prepared: &Prepared<'_>, place: usize, late: Timestamp) -> Option<StepAsking> {
    for charged in &prepared.charged {
        for one in charged.lines(prepared) {
            let totals = one.places.iter().filter_map(|&place| prepared.touched.key(place));
            for (number, total) in totals.enumerate() {
                if charged_place(prepared, charged, one, number) == place {
                    return Some(StepAsking {
                        asking: step_key(prepared, total, one.step),
                        total: total.clone(),
                        meter: one.meter,
                        bound: one.step,
                        until: until(charged.limit, late),
                        unit: match &charged.limit.window {
                            Window::Calendar(unit, zone) => zone.start_of(*unit, late),
                            _ => None,
                        },
                    });
                }
            }
        }
    }
    None
}
