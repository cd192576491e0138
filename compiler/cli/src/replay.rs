//! `agentpassc replay`: one line in, one line out, with memory kept from line to line.
//!
//! Lines are answered as they come, and nothing of them is kept here, so that a sequence may be endless. A line that is longer
//! than a call may be is refused and passed over without being held in memory. An empty line is refused like any other line
//! that cannot be read: JSON Lines has no empty lines, and this way line n of the output always answers line n of the input.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};

use agentpass_runtime::{Gate, Limits, Line, LineError, Store};
use agentpassc::guard;

use crate::args::{self, Color, Shape};
use crate::contract;
use crate::disk::{self, words};
use crate::eval::{now, one_reader_of_stdin};
use crate::output::{Exit, Failure};

/// Runs the verb.
pub(crate) fn run(args: &args::Replay, color: Color) -> Result<Exit, Failure> {
    one_reader_of_stdin(&args.program, &args.calls)?;
    let calls = disk::open(&args.calls)?;
    let Some(contract) = contract::load(&args.program, color)? else { return Ok(Exit::Fault) };
    let gate = Gate::builder(contract).store(Store::manual(now())).offline().open(args.open);
    // The guard prints what it was given.
    let gate = gate.verbatim(args.output == Shape::Guard);
    let gate = match args.seed {
        Some(seed) => gate.seed(seed),
        None => gate,
    };
    let gate = gate.build().map_err(Failure::new)?;
    answer(&gate, BufReader::new(calls), args)
}

fn answer(gate: &Gate, mut calls: impl BufRead, args: &args::Replay) -> Result<Exit, Failure> {
    let mut out = io::stdout().lock();
    let mut exit = Exit::Fine;
    let mut bytes = Vec::new();
    loop {
        match line(&mut calls, &mut bytes) {
            Ok(true) => {}
            Ok(false) => return Ok(exit),
            Err(error) => {
                return Err(Failure::new(format!("`{}` cannot be read: {}", args.calls, words(&error))));
            }
        }
        let (text, refused) = one(gate, &bytes, args);
        if refused {
            exit = Exit::Fault;
        }
        // One write for each line, so that whoever reads sees whole lines as soon as they are there.
        let text = format!("{text}\n");
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Ok(()) => {}
            // A reader that has seen enough (`| head`) is no failure.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(exit),
            Err(error) => return Err(Failure::new(format!("standard output cannot be written: {error}"))),
        }
    }
}

/// What is answered to a line, and whether it was refused.
fn one(gate: &Gate, bytes: &[u8], args: &args::Replay) -> (String, bool) {
    let answer = match args.input {
        Shape::Agentpass => gate.line(bytes),
        Shape::Guard => match guard::line(bytes) {
            Ok(line) => gate.line(line.as_bytes()),
            Err(why) if args.output == Shape::Guard => return (guard::refused(&why), true),
            Err(why) => Line::Refused(LineError { code: "wire.type", message: why }),
        },
    };
    let text = match args.output {
        Shape::Agentpass => answer.to_json(),
        Shape::Guard => guard::answer(&answer),
    };
    (text, is_refused(&answer))
}

/// The next line without its end, cut off just beyond the longest that may be read; false at the end.
fn line(calls: &mut impl BufRead, bytes: &mut Vec<u8>) -> io::Result<bool> {
    bytes.clear();
    let most = Limits::default().bytes as u64 + 1;
    if calls.by_ref().take(most).read_until(b'\n', bytes)? == 0 {
        return Ok(false);
    }
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    } else if bytes.len() as u64 == most {
        calls.skip_until(b'\n')?;
    }
    Ok(true)
}

/// A line that could not be read, or could not be followed: for a call, a decision of the first stage.
fn is_refused(answer: &Line) -> bool {
    match answer {
        Line::Decision(decision) => decision.reasons.iter().any(|reason| reason.code.starts_with("wire.")),
        Line::Done => false,
        Line::Refused(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_is_cut_and_the_next_one_is_whole() {
        let most = Limits::default().bytes;
        let long = vec![b'x'; most * 3];
        let text = [b"one\n".as_slice(), &long, b"\n\nlast"].concat();
        let (mut calls, mut bytes) = (text.as_slice(), Vec::new());
        let mut lengths = Vec::new();
        while line(&mut calls, &mut bytes).unwrap() {
            lengths.push(bytes.len());
        }
        assert_eq!(lengths, [3, most + 1, 0, 4]);
    }
}
