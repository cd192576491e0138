//! Flags that say from which folder a program sees its other arguments: `tar -C`, `make -C`, `git -C`.

use super::folders::{Cwd, moved};
use super::git::command_at;
use super::walk::Arg;

/// A program with such a flag.
struct Place {
    names: &'static [&'static str],
    letters: &'static str,
    long: &'static [&'static str],
    /// Where the flag counts.
    reach: Reach,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Anywhere, for all arguments.
    All,
    /// Before the program's own command, for all arguments.
    Before,
    /// Some arguments are seen from the old folder, some from the new one.
    Some,
}

const PLACES: &[Place] = &[
    Place { names: &["git"], letters: "C", long: &[], reach: Reach::Before },
    Place { names: &["git"], letters: "", long: &["work-tree"], reach: Reach::Some },
    Place { names: &["make", "gmake"], letters: "C", long: &["directory"], reach: Reach::All },
    Place { names: &["ninja", "samu", "meson"], letters: "C", long: &[], reach: Reach::All },
    Place { names: &["tar", "bsdtar", "gtar"], letters: "C", long: &["directory", "cd"], reach: Reach::Some },
    Place { names: &["cargo"], letters: "C", long: &[], reach: Reach::Before },
    Place { names: &["go"], letters: "C", long: &["C"], reach: Reach::All },
    Place { names: &["pnpm", "npm"], letters: "C", long: &["dir", "prefix"], reach: Reach::Some },
    Place { names: &["yarn", "bun"], letters: "", long: &["cwd"], reach: Reach::Some },
    Place { names: &["uv", "poetry"], letters: "C", long: &["directory", "project"], reach: Reach::Some },
    Place { names: &["just"], letters: "d", long: &["working-directory"], reach: Reach::Some },
    Place { names: &["ruby", "rake", "php"], letters: "CX", long: &["directory"], reach: Reach::Some },
    Place { names: &["gradle", "./gradlew"], letters: "p", long: &["project-dir"], reach: Reach::Some },
    Place { names: &["terraform"], letters: "", long: &["chdir"], reach: Reach::All },
    Place { names: &["hg"], letters: "R", long: &["cwd", "repository"], reach: Reach::Some },
    Place { names: &["patch", "unzip"], letters: "d", long: &["directory"], reach: Reach::Some },
    Place { names: &["cpio"], letters: "D", long: &["directory"], reach: Reach::Some },
    Place {
        names: &["rsync"],
        letters: "",
        long: &["compare-dest", "copy-dest", "link-dest"],
        reach: Reach::Some,
    },
    Place { names: &["curl"], letters: "", long: &["output-dir"], reach: Reach::Some },
    Place { names: &["wget"], letters: "P", long: &["directory-prefix"], reach: Reach::Some },
    Place {
        names: &["docker", "docker-compose"],
        letters: "",
        long: &["project-directory"],
        reach: Reach::Some,
    },
    Place { names: &["env", "sudo"], letters: "CD", long: &["chdir"], reach: Reach::Some },
    Place { names: &["7z", "7za"], letters: "o", long: &[], reach: Reach::Some },
    Place { names: &["systemd-run"], letters: "", long: &["working-directory"], reach: Reach::Some },
];

/// The arguments of a program apart from such flags, and the folders from which it sees them.
pub(super) fn seen(program: Option<&str>, args: &[Arg], cwd: &Cwd) -> (Vec<Arg>, Cwd, Vec<Arg>) {
    let mut folders = Vec::new();
    let mut seen_from = cwd.clone();
    let mut kept: Vec<Option<&Arg>> = args.iter().map(Some).collect();
    for place in PLACES.iter().filter(|place| program.is_some_and(|program| place.names.contains(&program))) {
        let end = match place.reach {
            Reach::Before => command_at(args).unwrap_or(args.len()),
            Reach::All | Reach::Some => args.len(),
        };
        let mut only_words = false;
        for (at, arg) in args.iter().enumerate().take(end) {
            let Some(text) = arg.text.as_deref().filter(|_| !only_words) else { continue };
            only_words = text == "--";
            let Some(folder) = place.folder(program, text, args.get(at + 1), at) else { continue };
            let moved_to = folder.as_ref().map_or(Cwd::Unknown, |folder| moved(folder, &seen_from));
            let behind = args.get(at + 1).is_some_and(|next| folder.as_ref() == Some(next));
            if let Some(folder) = folder {
                for place in kept.iter_mut().skip(at).take(1 + usize::from(behind)) {
                    *place = None;
                }
                folders.push(folder);
            }
            seen_from = if place.reach == Reach::Some { seen_from.either(moved_to) } else { moved_to };
        }
    }
    (kept.into_iter().flatten().cloned().collect(), seen_from, folders)
}

impl Place {
    /// The folder that a flag names: nothing for another flag, nothing inside where it cannot be told.
    fn folder(
        &self,
        program: Option<&str>,
        text: &str,
        next: Option<&Arg>,
        at: usize,
    ) -> Option<Option<Arg>> {
        let behind = || next.cloned().filter(|next| next.text.is_some());
        let Some(flag) = text.strip_prefix('-') else {
            // `tar xCf folder file`: the values follow in the order of the letters.
            let old_style = at == 0 && program.is_some_and(|program| program.ends_with("tar"));
            return (old_style && text.contains('C')).then_some(None);
        };
        let name = flag.trim_start_matches('-');
        let (name, value) = name.split_once('=').map_or((name, None), |(name, value)| (name, Some(value)));
        let double = flag.starts_with('-');
        if self.long.iter().any(|long| *long == name || double && name.len() > 2 && long.starts_with(name)) {
            return Some(value.map(Arg::known).or_else(behind));
        }
        let letter = flag.find(|c| self.letters.contains(c)).filter(|_| !double)?;
        let glued = flag.get(letter + 1..).unwrap_or_default();
        // What stands before may have a value, and this may be it.
        let before = flag.get(..letter).unwrap_or_default();
        match (letter, glued) {
            (_, "") if !before.contains(|c| "fbTXIKLNgHFV".contains(c)) => Some(behind()),
            (0, glued) => Some(Some(Arg::known(glued.strip_prefix('=').unwrap_or(glued)))),
            _ => Some(None),
        }
    }
}

/// Programs that put what they are given into a folder, under the same name.
pub(super) fn puts(program: Option<&str>, args: &[Arg]) -> Vec<Arg> {
    if !matches!(program, Some("cp" | "mv" | "ln" | "install" | "rsync" | "scp")) {
        return Vec::new();
    }
    let texts: Vec<&str> = args.iter().filter_map(|arg| arg.text.as_deref()).collect();
    let words: Vec<&str> = texts.iter().copied().filter(|text| !text.starts_with('-')).collect();
    let target =
        texts.iter().enumerate().find_map(|(at, text)| match text.strip_prefix("--target-directory") {
            Some(value) => value.strip_prefix('=').or_else(|| texts.get(at + 1).copied()),
            None if text.starts_with('-') && text.ends_with('t') && !text.starts_with("--") => {
                texts.get(at + 1).copied()
            }
            None => None,
        });
    let Some(folder) = target.or_else(|| words.last().copied()) else { return Vec::new() };
    let sources = words.iter().filter(|word| **word != folder);
    let names = sources.filter_map(|word| word.trim_end_matches('/').rsplit('/').next());
    names.map(|name| Arg::known(&format!("{folder}/{name}"))).collect()
}
