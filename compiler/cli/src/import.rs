//! `agentpassc import`: a first contract from what another system keeps, and what it pins beside it.
//!
//! A file that a person has edited is not replaced unless `--force` says so: whatever was edited would be lost without a word.

use std::fs;
use std::path::{Path, PathBuf};

use agentpass_compiler::diagnostics::render::escape::visible;
use agentpass_compiler::import::guard;
use agentpass_compiler::import::mcp::{self, Imported, Options, Source};
use agentpass_compiler::import::seal::{is_untouched, is_untouched_manifest, seal};
use agentpass_compiler::load::Files;
use agentpass_grammar::MAX_FILE_BYTES;

use crate::args::{self, ImportKind};
use crate::disk::{Disk, STDIN, words};
use crate::output::{Exit, Failure, counted, print, print_aside};
use crate::replace;

/// Who imports.
const BY: &str = concat!("agentpassc ", env!("CARGO_PKG_VERSION"));

/// Runs the verb.
pub(crate) fn run(args: &args::Import) -> Result<Exit, Failure> {
    if let Some(output) = &args.output {
        replace::over_none_of(output, &args.files)?;
    }
    match args.kind {
        ImportKind::Mcp => mcp(args),
        ImportKind::Guard => guard(args),
    }
}

/// One policy is one contract.
fn guard(args: &args::Import) -> Result<Exit, Failure> {
    let [file] = args.files.as_slice() else {
        return Err(Failure::new("a policy becomes a contract by itself: name one file"));
    };
    if args.server.is_some() {
        return Err(Failure::new(
            "`--server` is for the tools of MCP servers: a policy says the whole names of its tools",
        ));
    }
    let text = read(file, &Disk::default())?;
    let path = if file == "-" { "standard input" } else { file };
    let imported = match guard::import(guard::Source { text: &text, path }, BY) {
        Ok(imported) => imported,
        Err(error) => {
            print_aside(&format!("error: {}\n", visible(&error.to_string())));
            return Ok(Exit::Fault);
        }
    };
    let contract = seal(&imported.contract);
    let Some(output) = &args.output else {
        print(&contract)?;
        return Ok(Exit::Fine);
    };
    nothing_edited(args, &[(PathBuf::from(output), &contract, is_untouched)])?;
    replace::whole(Path::new(output), contract.as_bytes())
        .map_err(|error| Failure::new(format!("`{output}` cannot be written: {}", words(&error))))?;
    print_aside(&format!(
        "wrote {}: {}, {}\n",
        visible(output),
        counted(imported.tools, "tool"),
        counted(imported.flows, "flow")
    ));
    Ok(Exit::Fine)
}

fn mcp(args: &args::Import) -> Result<Exit, Failure> {
    let disk = Disk::default();
    let mut documents = Vec::new();
    for file in &args.files {
        documents.push((file.as_str(), read(file, &disk)?));
    }
    if args.output.is_none() && args.files.iter().any(|file| file == "-") {
        return Err(Failure::new(
            "the contract refers to its manifest, and standard input has no name: write `-o FILE`",
        ));
    }
    let manifests: Vec<String> = documents.iter().map(|(file, _)| manifest(args, file)).collect();
    let sources: Vec<Source<'_>> = documents
        .iter()
        .zip(&manifests)
        .map(|((file, text), manifest)| Source {
            text,
            path: if *file == "-" { "standard input" } else { file },
            manifest,
        })
        .collect();
    let imported = match mcp::import(&sources, &Options { server: args.server.as_deref(), by: BY }) {
        Ok(imported) => imported,
        Err(error @ mcp::ImportError::Prefix(_)) => return Err(Failure::new(error)),
        Err(error) => {
            print_aside(&format!("error: {}\n", visible(&error.to_string())));
            return Ok(Exit::Fault);
        }
    };
    match &args.output {
        None => print(&seal(&imported.contract))?,
        Some(output) => write(args, output, &manifests, &imported)?,
    }
    Ok(Exit::Fine)
}

fn read(file: &str, disk: &Disk) -> Result<String, Failure> {
    let failed = |why: &str| Failure::new(format!("`{file}` cannot be read: {why}"));
    let bytes = disk.read(if file == "-" { STDIN } else { file }).map_err(|why| failed(&why))?;
    if bytes.len() > MAX_FILE_BYTES {
        return Err(failed(&format!("it is larger than {} MiB", MAX_FILE_BYTES >> 20)));
    }
    String::from_utf8(bytes).map_err(|_| failed("it is not valid UTF-8"))
}

/// The manifest that the contract refers to: the document itself, or with `-o` a file beside the contract.
fn manifest(args: &args::Import, file: &str) -> String {
    let Some(output) = &args.output else { return file.to_owned() };
    // One document belongs to the contract and is called like it; several keep their own names.
    let of = if args.files.len() == 1 { output } else { file };
    let name = Path::new(of).file_name().unwrap_or_default().to_string_lossy();
    let stem = [".tools.json", ".json", ".agentpass"].iter().find_map(|end| name.strip_suffix(end));
    match stem.unwrap_or(&name) {
        "" | "-" => "imported.tools.json".to_owned(),
        stem => format!("{stem}.tools.json"),
    }
}

/// A file to write: its path, its text, and how to tell whether an import wrote what is there.
type Output<'t> = (PathBuf, &'t str, fn(&str) -> bool);

/// Whatever is written goes over nothing that a person has written.
fn nothing_edited(args: &args::Import, outputs: &[Output<'_>]) -> Result<(), Failure> {
    let is_edited = |(path, text, is_untouched): &&Output<'_>| match fs::read(path) {
        Ok(there) if there.is_empty() || there == text.as_bytes() => false,
        Ok(there) => !std::str::from_utf8(&there).is_ok_and(is_untouched),
        // There is nothing; or it says why when it is written.
        Err(_) => false,
    };
    let edited = outputs.iter().filter(|_| !args.force).filter(is_edited);
    let reason = |(path, ..): &Output<'_>| {
        format!(
            "`{}` has been edited since it was imported, or nobody imported it: what people wrote there would be lost; write to \
             another file and compare the two, or overwrite this one with --force",
            path.display()
        )
    };
    Failure::all(edited.map(reason).collect()).map_or(Ok(()), Err)
}

/// Writes the manifests, then the contract that refers to them.
fn write(
    args: &args::Import,
    output: &str,
    manifests: &[String],
    imported: &Imported,
) -> Result<(), Failure> {
    let contract = Path::new(output);
    let sealed = seal(&imported.contract);
    let mut outputs: Vec<Output<'_>> = Vec::new();
    for ((file, name), text) in args.files.iter().zip(manifests).zip(&imported.manifests) {
        let path = contract.with_file_name(name);
        // A document that lies there already is the manifest. It stays what it is: the contract pins its tools as well.
        if !replace::is_same(Path::new(file), &path) {
            outputs.push((path, text, is_untouched_manifest));
        }
    }
    outputs.push((contract.to_owned(), &sealed, is_untouched));
    nothing_edited(args, &outputs)?;
    let mut done = String::new();
    for (path, text, _) in &outputs {
        replace::whole(path, text.as_bytes()).map_err(|error| {
            Failure::new(format!("`{}` cannot be written: {}", path.display(), words(&error)))
        })?;
        done.push_str(&format!("wrote {}", visible(&path.display().to_string())));
        done.push('\n');
    }
    done.pop();
    let guesses = imported.contract.matches("// review: ").count();
    done.push_str(&format!(
        ": {}, {} to review\n",
        counted(imported.tools, "tool"),
        counted(guesses, "place")
    ));
    print_aside(&done);
    Ok(())
}
