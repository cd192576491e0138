use agentpass_values::Pattern;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::*;
use crate::program::Program;
use crate::sample::{random, rich, small};
use crate::{Demand, NodeId, Op, Schema, Value, listing};

fn bundle(program: Program) -> Vec<u8> {
    write(&verify(program).unwrap())
}

/// A bundle with any payload, with the length and checksum that it has to have.
fn sealed(payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u32).to_le_bytes();
    [&MAGIC[..], &VERSION.to_le_bytes(), &length, &Sha256::digest(payload), payload].concat()
}

fn payload(bundle: &[u8]) -> Vec<u8> {
    bundle[HEAD..].to_vec()
}

fn error(bytes: &[u8]) -> BundleError {
    read(bytes).map(|_| ()).unwrap_err()
}

#[test]
fn comes_back_as_it_was() {
    for program in [Program::default(), small().program, rich()] {
        let verified = verify(program).unwrap();
        let again = read(&write(&verified)).unwrap();
        assert_eq!(again.program(), verified.program());
        assert_eq!(again.digest(), verified.digest());
        assert_eq!(write(&again), write(&verified));
    }
}

proptest! {
    #[test]
    fn any_program_comes_back(choices in proptest::collection::vec(any::<u8>(), 0..600)) {
        let verified = verify(random::program(&choices)).unwrap();
        let again = read(&write(&verified)).unwrap();
        prop_assert_eq!(again.program(), verified.program());
        prop_assert_eq!(again.digest(), verified.digest());
        prop_assert_eq!(listing(again.program()), listing(verified.program()));
        let nowhere = crate::digest::without_places(verified.program()).unwrap();
        let nowhere = verify(nowhere).unwrap();
        prop_assert_eq!(nowhere.digest(), verified.digest());
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(read(&bytes).is_err());
        let _ = read(&sealed(&bytes));
    }

    #[test]
    fn what_is_altered_is_sound_or_refused(
        choices in proptest::collection::vec(any::<u8>(), 0..200),
        at: proptest::sample::Index,
        new in proptest::collection::vec(any::<u8>(), 0..6),
        cut in 0..4_usize,
    ) {
        let mut payload = payload(&bundle(random::program(&choices)));
        let at = at.index(payload.len());
        let end = payload.len().min(at + cut);
        payload.splice(at..end, new);
        if let Ok(verified) = read(&sealed(&payload)) {
            let again = read(&write(&verified)).unwrap();
            prop_assert_eq!(again.program(), verified.program());
        }
    }
}

#[test]
fn each_fault_has_its_name() {
    let bytes = bundle(small().program);
    assert_eq!(error(b""), BundleError::Truncated);
    assert_eq!(error(b"AGNTPAS"), BundleError::Truncated);
    assert_eq!(error(b"{}"), BundleError::Foreign);
    assert_eq!(error(b"edition 2026\n"), BundleError::Foreign);
    let mut newer = bytes.clone();
    newer[8] = 2;
    assert_eq!(error(&newer), BundleError::Version { found: 2 });
    assert_eq!(error(&newer[..12]), BundleError::Version { found: 2 });
    assert_eq!(error(&[&bytes[..], b"\n"].concat()), BundleError::Trailing);
    assert_eq!(error(&bytes.repeat(2)), BundleError::Trailing);
    let mut huge = bytes.clone();
    huge[12..16].copy_from_slice(&(MAX_BYTES as u32 + 1).to_le_bytes());
    assert_eq!(error(&huge), BundleError::TooLarge);
    assert_eq!(error(&sealed(b"")), BundleError::Malformed);
    let inside = [&payload(&bytes)[..], &[0]].concat();
    assert_eq!(error(&sealed(&inside)), BundleError::Malformed);
    let mut program = small().program;
    program.nodes[0].op = Op::Not(NodeId(0));
    let refused = sealed(&postcard::to_stdvec(&program).unwrap());
    assert_eq!(error(&refused), BundleError::Refused(Fault::Order { node: 0 }));
    assert_eq!(
        error(&refused).to_string(),
        "the bundle holds no sound program: node 0 does not stand after its children"
    );
}

#[test]
fn ends_nowhere_but_at_its_end() {
    let bytes = bundle(rich());
    for end in 0..bytes.len() {
        assert_eq!(error(&bytes[..end]), BundleError::Truncated, "{end}");
    }
    let payload = payload(&bytes);
    for end in 0..payload.len() {
        assert_eq!(error(&sealed(&payload[..end])), BundleError::Malformed, "{end}");
    }
}

#[test]
fn every_accident_is_seen() {
    let bytes = bundle(rich());
    for at in 0..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1 << (at % 8);
        let expected = match at {
            0..8 => matches!(error(&bytes), BundleError::Foreign),
            8..12 => matches!(error(&bytes), BundleError::Version { .. }),
            12..16 => {
                matches!(
                    error(&bytes),
                    BundleError::Truncated | BundleError::Trailing | BundleError::TooLarge
                )
            }
            _ => matches!(error(&bytes), BundleError::Corrupt),
        };
        assert!(expected, "byte {at}: {:?}", error(&bytes));
    }
}

/// With the right checksum every byte can be anything: what is read is sound then, and can be written.
#[test]
fn every_forgery_is_sound_or_refused() {
    let payload = payload(&bundle(rich()));
    let mut read_again = 0;
    for at in (0..payload.len()).step_by(5) {
        let mut payload = payload.clone();
        payload[at] ^= 1 << (at % 8);
        if let Ok(verified) = read(&sealed(&payload)) {
            let again = read(&write(&verified)).unwrap();
            assert_eq!(again.digest(), verified.digest());
            read_again += 1;
        }
    }
    assert!(read_again > 50, "{read_again}");
}

/// Wherever a length may stand, an absurd one is refused before anything is made room for. (Where it is a number, it may
/// be read; it is the last one that there is then.)
#[test]
fn no_length_is_believed() {
    let payload = payload(&bundle(rich()));
    let lengths = [&[0xff, 0xff, 0xff, 0xff, 0x0f][..], &[[0xff; 9].as_slice(), &[0x01]].concat()];
    for at in (0..payload.len() - 1).step_by(3) {
        for length in lengths {
            let mut payload = payload.clone();
            payload.splice(at..=at, length.iter().copied());
            let _ = read(&sealed(&payload));
            payload.truncate(at + length.len());
            assert!(read(&sealed(&payload)).is_err(), "{at}");
        }
    }
}

#[test]
fn patterns_are_counted_before_they_are_compiled() {
    let pattern = || Pattern::new(r"\pL{1}").unwrap();
    let of = |consts: usize, schemas: usize| {
        let mut program = small().program;
        program.consts = (0..consts).map(|_| Value::List(vec![Value::Pattern(pattern())])).collect();
        program.schemas =
            (0..schemas).map(|_| Schema { demands: vec![Demand::Matches(pattern())] }).collect();
        sealed(&postcard::to_stdvec(&program).unwrap())
    };
    read(&of(MAX_PATTERNS - 3, 3)).unwrap();
    assert_eq!(error(&of(MAX_PATTERNS - 2, 3)), BundleError::Malformed);
    assert_eq!(error(&of(0, MAX_PATTERNS + 1)), BundleError::Malformed);
    // What one reader was refused is not missing to the next.
    read(&of(MAX_PATTERNS, 0)).unwrap();
}

#[test]
fn nothing_nests_without_end() {
    let mut program = small().program;
    program.consts = vec![Value::List(vec![Value::Null])];
    let bytes = postcard::to_stdvec(&program).unwrap();
    let list = postcard::to_stdvec(&program.consts[0]).unwrap();
    let at = bytes.windows(list.len()).position(|window| window == list).unwrap();
    let mut deep = bytes[..at].to_vec();
    for _ in 0..1_000_000 {
        deep.extend_from_slice(&list[..2]);
    }
    deep.extend_from_slice(&bytes[at + 2..]);
    assert_eq!(error(&sealed(&deep)), BundleError::Malformed);
}
