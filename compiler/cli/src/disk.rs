//! Reading files: whole, once, and never more than a contract may have.
//!
//! Every file is read at most once per run, so that all programs of a run see the same text. Only regular files are opened:
//! a named pipe would block for ever and `/dev/zero` never ends.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use agentpass_compiler::load::Files;
use agentpass_grammar::MAX_FILE_BYTES;

use crate::output::Failure;

/// The name under which standard input is shown.
pub(crate) const STDIN: &str = "<stdin>";

/// The files of this machine, and standard input as [`STDIN`].
#[derive(Default)]
pub(crate) struct Disk {
    read: RefCell<HashMap<String, Result<Vec<u8>, String>>>,
}

impl Files for Disk {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        if let Some(known) = self.read.borrow().get(path) {
            return known.clone();
        }
        let read = if path == STDIN { capped(io::stdin().lock()) } else { file(Path::new(path)) };
        let read = read.map_err(|error| words(&error));
        self.read.borrow_mut().insert(path.to_owned(), read.clone());
        read
    }
}

impl Disk {
    /// From now on a file reads so; nothing is written.
    pub(crate) fn put(&self, path: &str, bytes: &[u8]) {
        self.read.borrow_mut().insert(path.to_owned(), Ok(bytes.to_vec()));
    }
}

/// The bytes of a regular file; of one that is too large, just enough to see that it is.
fn file(path: &Path) -> io::Result<Vec<u8>> {
    capped(open_file(path)?)
}

/// Opens a regular file.
fn open_file(path: &Path) -> io::Result<File> {
    // Looked at before it is opened, because opening a named pipe waits for a writer, and again afterwards, because the name
    // may by then lead elsewhere.
    regular(&fs::metadata(path)?)?;
    let file = File::open(path)?;
    regular(&file.metadata()?)?;
    Ok(file)
}

/// Opens a file of calls; `-` is standard input. They are read as they come, and nothing of them is kept.
pub(crate) fn open(path: &str) -> Result<Box<dyn Read>, Failure> {
    if path == "-" {
        return Ok(Box::new(io::stdin().lock()));
    }
    match open_file(Path::new(path)) {
        Ok(file) => Ok(Box::new(file)),
        Err(error) => Err(Failure::new(format!("`{path}` cannot be read: {}", words(&error)))),
    }
}

/// The bytes of a document; of one that is longer than `most`, one byte more than that, which is enough to refuse it.
pub(crate) fn document(path: &str, most: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    match open(path)?.take(most as u64 + 1).read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Failure::new(format!("`{path}` cannot be read: {}", words(&error)))),
    }
}

fn regular(found: &fs::Metadata) -> io::Result<()> {
    if found.is_dir() {
        Err(io::Error::from(ErrorKind::IsADirectory))
    } else if found.is_file() {
        Ok(())
    } else {
        Err(io::Error::other("it is not a regular file (write `-` for standard input)"))
    }
}

/// Reads to the end, or one byte more than a file may have.
fn capped(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Why, in the words of a message; the system's own words carry numbers that help nobody.
pub(crate) fn words(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => "no such file or folder".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        ErrorKind::IsADirectory => "it is a folder".to_owned(),
        ErrorKind::InvalidFilename => "the name is too long".to_owned(),
        _ => error.to_string(),
    }
}
