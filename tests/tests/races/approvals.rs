//! Approvals, and votes for them.

use agentpass_runtime::{Gate, Outcome, Person, Store, Vote, VoteError};

use super::{Met, Turn, ann, at_once, check, gate, holds};

const PAY: &str = r#"{"payee": "p1", "amount": 5000}"#;
const ACQUIRE: &str = r#"{"company": "c1"}"#;

fn vote(gate: &Gate, on: &str, user: &str, approve: bool) -> Result<(), VoteError> {
    let by = Person { user: user.to_owned(), groups: vec!["managers".to_owned()] };
    gate.vote(&Vote { on: on.to_owned(), challenge: None, by, approve })
}

/// The challenge that a call meets.
fn asked(gate: &Gate, tool: &str, args: &str) -> Result<String, String> {
    match check(gate, &ann(), tool, args) {
        Met::Asked(ids) => ids.first().cloned().ok_or_else(|| "asked nothing".to_owned()),
        other => Err(format!("not asked: {}", other.shown())),
    }
}

/// An approval is for one payee and one amount, and for one payment.
fn one_payment(store: Store) -> Result<(), String> {
    let gate = gate(store);
    let id = asked(&gate, "pay", PAY)?;
    vote(&gate, &id, "mia", true).map_err(|error| error.to_string())?;
    let all = [PAY, r#"{"payee": "p2", "amount": 5000}"#, PAY, r#"{"payee": "p1", "amount": 5001}"#, PAY];
    let calls = all.map(|args| -> Turn<'_, _> { Box::new(|| check(&gate, &ann(), "pay", args)) });
    let mut met = at_once(Vec::from(calls));
    let allowed = [0, 2, 4].into_iter().filter(|&at| met[at].is_allowed()).count();
    if allowed != 1 || met[1].is_allowed() || met[3].is_allowed() {
        let shown: Vec<String> = met.iter().map(Met::shown).collect();
        return Err(format!("one approval: {}", shown.join(", ")));
    }
    met.drain(..).for_each(|met| met.settle(Outcome::ok("{}")));
    match check(&gate, &ann(), "pay", PAY) {
        Met::Asked(ids) if !ids.contains(&id) => Ok(()),
        other => Err(format!("afterwards it is asked anew, not {}", other.shown())),
    }
}

#[test]
fn an_approval_is_used_once_and_for_nothing_else() {
    holds(one_payment);
}

/// Calls that meet a challenge at the same moment share one question.
fn one_question(store: Store) -> Result<(), String> {
    let gate = gate(store);
    let calls = (0..3).map(|_| -> Turn<'_, _> { Box::new(|| asked(&gate, "pay", PAY)) });
    let mut ids = at_once(calls.collect()).into_iter().collect::<Result<Vec<_>, _>>()?;
    ids.dedup();
    if ids.len() == 1 { Ok(()) } else { Err(format!("{} questions", ids.len())) }
}

#[test]
fn an_open_digest_returns_the_same_challenge() {
    holds(one_question);
}

/// Two of two: both votes count, whichever comes first.
fn quorum(store: Store) -> Result<(), String> {
    let gate = gate(store);
    let id = asked(&gate, "acquire", ACQUIRE)?;
    let (of, on) = (&gate, id.as_str());
    let votes = ["mia", "ben"].map(|user| -> Turn<'_, _> { Box::new(move || vote(of, on, user, true)) });
    for voted in at_once(Vec::from(votes)) {
        voted.map_err(|error| format!("a vote was lost: {error}"))?;
    }
    match check(&gate, &ann(), "acquire", ACQUIRE) {
        Met::Allowed(_) => Ok(()),
        other => Err(format!("two said yes: {}", other.shown())),
    }
}

#[test]
fn two_approvers_at_once_are_two() {
    holds(quorum);
}

#[test]
fn one_approver_twice_at_once_is_one() {
    for _ in 0..super::rounds(60) {
        let gate = gate(super::stores::jostled());
        let id = asked(&gate, "acquire", ACQUIRE).unwrap();
        let votes = (0..3).map(|_| -> Turn<'_, _> { Box::new(|| vote(&gate, &id, "mia", true)) });
        at_once(votes.collect()).into_iter().for_each(|voted| voted.unwrap());
        assert_eq!(
            check(&gate, &ann(), "acquire", ACQUIRE).shown(),
            "asked",
            "one person is no quorum of two"
        );
        vote(&gate, &id, "ben", true).unwrap();
        assert_eq!(check(&gate, &ann(), "acquire", ACQUIRE).shown(), "allowed");
    }
}

/// One refusal closes the challenge, beside whatever approvals.
fn refusal(store: Store) -> Result<(), String> {
    let gate = gate(store);
    let id = asked(&gate, "acquire", ACQUIRE)?;
    let (of, on) = (&gate, id.as_str());
    let votes = [("mia", true), ("zoe", false), ("ben", true)]
        .map(|(user, yes)| -> Turn<'_, _> { Box::new(move || vote(of, on, user, yes)) });
    let voted = at_once(Vec::from(votes));
    voted[1].map_err(|error| format!("the refusal was lost: {error}"))?;
    match check(&gate, &ann(), "acquire", ACQUIRE) {
        Met::Denied(codes) if codes == ["challenge.refused"] => Ok(()),
        other => Err(format!("it was refused: {}", other.shown())),
    }
}

#[test]
fn a_refusal_beside_approvals_closes() {
    holds(refusal);
}
