//! Writing files in one step: whoever reads one sees the old bytes or the new ones, and a crash loses neither.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::output::Failure;

/// Replaces a file that is there, with the permissions that it has.
pub(crate) fn existing(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Through a link, what it leads to is replaced, and not the link.
    let path = &fs::canonicalize(path)?;
    let found = fs::metadata(path)?;
    if !found.is_file() {
        // A rename would put a file in the place of a device.
        let kind = if found.is_dir() { ErrorKind::IsADirectory } else { ErrorKind::Unsupported };
        return Err(io::Error::from(kind));
    }
    let permissions = found.permissions();
    if permissions.readonly() {
        // A rename would not ask.
        return Err(io::Error::from(ErrorKind::PermissionDenied));
    }
    swap(path, bytes, Some(permissions))
}

/// Writes a file, in the place of the one that is there or as a new one.
pub(crate) fn whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match existing(path, bytes) {
        // A link that leads nowhere is replaced.
        Err(error) if error.kind() == ErrorKind::NotFound => swap(path, bytes, None),
        done => done,
    }
}

/// Whether both are one file, that is there.
pub(crate) fn is_same(one: &Path, other: &Path) -> bool {
    matches!((fs::canonicalize(one), fs::canonicalize(other)), (Ok(one), Ok(other)) if one == other)
}

/// Whatever is written goes over nothing that was read for it.
///
/// # Errors
/// It would.
pub(crate) fn over_none_of(output: &str, inputs: &[String]) -> Result<(), Failure> {
    match inputs.iter().find(|input| is_same(Path::new(input), Path::new(output))) {
        None => Ok(()),
        Some(input) => {
            Err(Failure::new(format!("`{input}` would be overwritten; name another file to write to")))
        }
    }
}

fn swap(path: &Path, bytes: &[u8], permissions: Option<Permissions>) -> io::Result<()> {
    let (mut file, beside) = create_beside(path)?;
    let written = file
        .write_all(bytes)
        .and_then(|()| permissions.map_or(Ok(()), |permissions| file.set_permissions(permissions)))
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// A new file in the same folder, so that renaming it stays on one file system.
fn create_beside(path: &Path) -> io::Result<(File, PathBuf)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut attempt = 0;
    loop {
        let beside = path.with_file_name(format!(".{name}.{}-{attempt}.tmp", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&beside) {
            Ok(file) => return Ok((file, beside)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists && attempt < 100 => attempt += 1,
            Err(error) => return Err(error),
        }
    }
}
