//! Programs that run code which stands in their arguments or comes through their input: interpreters, editors, and tools
//! with a flag that names a program.
//!
//! What such code does is not read. Only `awk`, `sed` and `make`, which everybody uses, are looked at: see
//! `scripts.rs`.

use super::scripts::{awk, make, sed};
use super::walk::Arg;

/// An interpreter of files.
struct Interpreter {
    names: &'static [&'static str],
    /// Letters that bring code with them, and letters that have a value.
    code: &'static str,
    valued: &'static str,
    /// Long flags that bring code with them.
    code_long: &'static [&'static str],
    /// What it does without a file: it reads code from its input.
    reads: bool,
}

const INTERPRETERS: &[Interpreter] = &[
    Interpreter { names: &["python", "pypy"], code: "ci", valued: "WX", code_long: &[], reads: true },
    Interpreter { names: &["perl"], code: "eEMmdx", valued: "I", code_long: &[], reads: true },
    Interpreter { names: &["ruby", "jruby"], code: "erxs", valued: "ICX", code_long: &[], reads: true },
    Interpreter {
        names: &["node", "nodejs"],
        code: "epri",
        valued: "C",
        code_long: &[
            "eval",
            "print",
            "require",
            "import",
            "loader",
            "experimental-loader",
            "interactive",
            "env-file",
        ],
        reads: true,
    },
    Interpreter {
        names: &["php"],
        code: "rBREFadz",
        valued: "ctS",
        code_long: &["run", "process"],
        reads: true,
    },
    Interpreter { names: &["lua", "luajit"], code: "elij", valued: "", code_long: &[], reads: true },
    Interpreter { names: &["tclsh", "wish"], code: "", valued: "", code_long: &[], reads: true },
    Interpreter {
        names: &["Rscript", "R", "r"],
        code: "ef",
        valued: "",
        code_long: &["eval", "file"],
        reads: true,
    },
    Interpreter {
        names: &["julia"],
        code: "eELi",
        valued: "",
        code_long: &["eval", "print", "load"],
        reads: true,
    },
    Interpreter {
        names: &[
            "elixir", "iex", "erl", "groovy", "scala", "ocaml", "racket", "guile", "sbcl", "clojure", "clj",
        ],
        code: "ecisl",
        valued: "",
        code_long: &["eval", "rpc-eval", "load", "erl", "boot"],
        reads: true,
    },
    Interpreter {
        names: &["osascript", "gjs"],
        code: "elc",
        valued: "",
        code_long: &["command"],
        reads: true,
    },
    Interpreter {
        names: &["gnuplot", "octave", "maxima"],
        code: "e",
        valued: "",
        code_long: &["eval"],
        reads: true,
    },
];

/// Programs with the flags by which they start another one: a letter behind one dash, or a name behind two (or one).
const FLAGS: &[(&[&str], &str, &[&str])] = &[
    (
        &["tar", "bsdtar", "gtar"],
        "IF",
        &[
            "to-command",
            "checkpoint-action",
            "use-compress-program",
            "info-script",
            "new-volume-script",
            "rsh-command",
            "rmt-command",
        ],
    ),
    (&["zip"], "", &["unzip-command", "TT"]),
    (
        &["aria2c"],
        "",
        &["on-download-complete", "on-download-start", "on-download-error", "on-download-stop"],
    ),
    (&["yt-dlp", "youtube-dl"], "", &["exec", "exec-before-download", "external-downloader", "downloader"]),
    (&["ts-node", "tsx"], "epri", &["eval", "print", "require", "import", "interactive"]),
    (&["mongo", "mongosh"], "", &["eval"]),
    (&["blender"], "", &["python-expr", "python"]),
    (&["hg"], "", &["config"]),
    (&["svn"], "", &["diff-cmd", "diff3-cmd", "editor-cmd", "config-option"]),
    (&["pandoc"], "FL", &["filter", "lua-filter", "pdf-engine"]),
    (
        &["gpg", "gpg2"],
        "",
        &["photo-viewer", "exec-path", "agent-program", "dirmngr-program", "pinentry-program"],
    ),
    (&["ssh-keygen"], "D", &[]),
    (&["rsync"], "", &["rsync-path"]),
    (&["scp", "sftp"], "SFD", &[]),
    (&["man"], "PH", &["pager", "html", "preprocessor"]),
    (&["sort"], "", &["compress-program"]),
    (&["split"], "", &["filter"]),
    (&["tcpdump"], "z", &["postrotate-command"]),
    (&["nmap"], "", &["script", "interactive"]),
    (&["wget", "wget2"], "e", &["execute", "use-askpass", "config"]),
    (&["go"], "", &["exec", "toolexec", "vettool"]),
    (&["gcc", "g++", "cc", "c++", "clang", "clang++", "gfortran"], "", &["wrapper", "fplugin", "specs"]),
    (&["rg"], "", &["pre", "hostname-bin"]),
    (&["ag", "ack", "bat", "batcat", "delta"], "", &["pager"]),
    (&["apt", "apt-get", "aptitude"], "oc", &["option", "config-file"]),
    (&["dpkg"], "", &["pre-invoke", "post-invoke", "force-not-root"]),
    (&["npm", "pnpm", "yarn"], "", &["script-shell", "node-options"]),
    (&["ctest"], "", &["test-command", "build-and-test"]),
    (&["nix", "nix-shell"], "c", &["run", "command"]),
    (&["just"], "c", &["command", "shell", "shell-arg"]),
    (&["nodemon"], "x", &["exec"]),
    (&["ip"], "", &["batch"]),
    (&["pdflatex", "latex", "xelatex", "lualatex", "tex"], "", &["shell-escape", "enable-write18"]),
    (&["sqlite3"], "", &["init", "cmd"]),
    (&["java", "javac"], "", &["javaagent", "agentpath", "agentlib", "XX:OnError", "XX:OnOutOfMemoryError"]),
    (&["openssl"], "", &["engine", "provider", "provider-path"]),
    (&["ld", "lld"], "", &["plugin"]),
    (&["pytest"], "", &["debugger", "pdbcls"]),
];

/// Words with which a program starts another one, wherever they stand.
const VERBS: &[(&[&str], &[&str])] = &[
    (&["gh"], &["alias", "codespace", "extension"]),
    (&["npm"], &["explore"]),
    (&["poetry", "pipenv", "devenv"], &["shell"]),
    (&["docker", "podman"], &["debug", "sandbox"]),
    (
        &["nvm", "fnm", "gem", "devbox", "flox", "pixi", "heroku", "snap", "flatpak"],
        &["exec", "run", "shell", "activate"],
    ),
    (&["sops"], &["exec-env", "exec-file"]),
    (&["k3s", "minikube", "microk8s"], &["kubectl", "ssh", "ctr", "crictl"]),
    (&["oc", "kubectl"], &["rsh"]),
    (&["fly", "flyctl", "gcloud"], &["ssh"]),
    (&["aws"], &["ssm", "execute-command"]),
    (&["az"], &["run-command", "ssh"]),
    (&["glab"], &["alias"]),
    (&["ip"], &["netns", "vrf"]),
    (&["lxc", "incus", "multipass"], &["exec", "shell"]),
    (&["vagrant"], &["ssh"]),
    (&["nix"], &["shell", "develop", "run"]),
    (&["cargo"], &["watch"]),
    (&["deno"], &["eval", "repl"]),
    (&["openssl"], &["engine"]),
    (&["cmake"], &["-E"]),
    (&["ipython"], &["-c"]),
    (&["kotlin", "swift", "puppet", "ghc", "mutt"], &["-e", "--execute"]),
    (&["lerna", "nx", "rush", "turbo"], &["exec"]),
    (&["tox"], &["exec"]),
    (&["crontab"], &["-"]),
];

/// Programs in whose arguments certain texts start another program.
const TEXTS: &[(&[&str], &[&str])] = &[
    (&["psql", "mysql", "mariadb"], &["\\!", "system ", "program '", "PROGRAM '", "\\copy", "\\g"]),
    (&["npm", "pnpm", "yarn"], &["script-shell"]),
    (&["clang", "gcc"], &["-fuse-ld=/", "-fuse-ld=."]),
    (&["sqlite3"], &[".sh", ".sy", ".load", "load_extension", "edit("]),
    (&["cargo"], &["runner", "linker", "rustc", "alias"]),
    (&["rustc"], &["linker", "link-arg", "codegen-backend"]),
    (&["socat"], &["EXEC:", "SYSTEM:", "exec:", "system:", "Exec:", "System:"]),
    (&["gcc", "g++", "cc", "c++", "clang", "clang++", "ld"], &["-plugin"]),
    (&["scp", "sftp"], &["ommand=", "ommand ", "OMMAND="]),
    (&["m4"], &["syscmd", "esyscmd"]),
    (&["magick", "convert"], &["msl:", "ephemeral:", "|"]),
    (&["rpm"], &["%("]),
];

/// Whether a program runs the file that it is given first.
pub(super) fn runs_files(program: &str) -> bool {
    let unversioned = program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    const SHELLS: &[&str] =
        &["sh", "dash", "ash", "bash", "rbash", "zsh", "ksh", "mksh", "fish", "deno", "bun"];
    SHELLS.contains(&program) || INTERPRETERS.iter().any(|known| known.names.contains(&unversioned))
}

/// Whether the arguments of a program may make it run something that we do not read.
pub(super) fn runs_code(program: &str, args: &[Arg]) -> bool {
    let named = |names: &[&str]| names.contains(&program);
    let unversioned = program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    match unversioned {
        "awk" | "gawk" | "mawk" | "nawk" => return awk(args),
        "sed" | "gsed" => return sed(args),
        "make" | "gmake" | "bmake" | "pmake" | "remake" => return make(args),
        "rsync" => {
            let shells = args.windows(2).filter(|pair| pair.first().is_some_and(is_remote_shell_flag));
            let glued = args.iter().filter_map(|arg| arg.text.as_deref()?.strip_prefix("--rsh="));
            let mut values = shells.map(|pair| pair.get(1).and_then(|arg| arg.text.as_deref()));
            if values.any(|value| value.is_none_or(|value| !is_plain_ssh(value)))
                || glued.into_iter().any(|value| !is_plain_ssh(value))
            {
                return true;
            }
        }
        "nc" | "ncat" | "netcat" => {
            return has_letter(args, "ec") || has_long(args, &["exec", "sh-exec", "lua-exec"]);
        }
        "crontab" => return !args.iter().any(|arg| arg.text.as_deref() == Some("-l")),
        "dc" | "ed" | "red" | "ex" => return true,
        "yarn" => {
            let is =
                |arg: &Arg, words: &[&str]| arg.text.as_deref().is_some_and(|text| words.contains(&text));
            match args.split_first() {
                Some((first, rest)) if is(first, &["node"]) => return runs_code("node", rest),
                Some((first, rest)) if is(first, &["workspace", "workspaces"]) => {
                    return rest.iter().any(|arg| is(arg, &["exec", "dlx", "node"]));
                }
                _ => {}
            }
        }
        "vi" | "vim" | "nvim" | "view" | "vimdiff" | "emacs" | "emacsclient" | "less" | "more" | "most" => {
            return args.iter().any(|arg| is_editing(program, arg));
        }
        "gcc" | "g++" | "cc" | "c++" | "clang" | "clang++" if starts_with(args, "-B") => return true,
        _ => {}
    }
    if let Some(interpreter) = INTERPRETERS.iter().find(|known| known.names.contains(&unversioned)) {
        return interprets(interpreter, args);
    }
    let flags = FLAGS.iter().filter(|(names, ..)| named(names));
    let verbs = VERBS.iter().filter(|(names, _)| named(names));
    let texts = TEXTS.iter().filter(|(names, _)| named(names));
    let text = |arg: &Arg| arg.text.clone().unwrap_or_default();
    let open =
        args.iter().take_while(|arg| arg.text.as_deref() != Some("--")).any(|arg| arg.many || arg.flag);
    flags.into_iter().any(|(_, letters, long)| {
        open || has_letter(args, letters)
            || has_long(args, long)
            || program == "tar" && old_style(args, letters)
    }) || verbs.into_iter().any(|(_, verbs)| args.iter().any(|arg| verbs.contains(&text(arg).as_str())))
        || texts
            .into_iter()
            .any(|(_, texts)| args.iter().any(|arg| texts.iter().any(|part| text(arg).contains(part))))
}

fn starts_with(args: &[Arg], start: &str) -> bool {
    args.iter().any(|arg| arg.text.as_deref().is_some_and(|text| text.starts_with(start)))
}

/// Whether an editor or a pager gets commands with its files.
fn is_editing(program: &str, arg: &Arg) -> bool {
    let Some(text) = arg.text.as_deref() else { return true };
    if let Some(command) = text.strip_prefix('+') {
        return !(command.bytes().all(|b| b.is_ascii_digit()) || matches!(command, "G" | "F"));
    }
    let is_pager = matches!(program, "less" | "more" | "most");
    let flag = text.strip_prefix('-');
    match flag {
        None => false,
        Some(flag) if is_pager => flag.starts_with(['k', '-']) && !matches!(flag, "-help" | "-version"),
        Some(flag) => !matches!(flag, "R" | "n" | "O" | "o" | "p" | "d" | "-version" | "-help" | "nw"),
    }
}

fn is_remote_shell_flag(arg: &Arg) -> bool {
    arg.text.as_deref().is_some_and(|text| {
        text == "--rsh" || !text.starts_with("--") && text.starts_with('-') && text.contains('e')
    })
}

/// `ssh` with flags that only say how to reach the other side.
fn is_plain_ssh(value: &str) -> bool {
    let mut words = value.split_whitespace();
    words.next() == Some("ssh") && words.all(|word| !word.starts_with("-o") && !word.starts_with("-F"))
}

/// A letter among those behind a single dash; all of them, since some have values that we do not know.
fn has_letter(args: &[Arg], letters: &str) -> bool {
    short_flags(args).any(|flag| flag.contains(|c| letters.contains(c)))
}

fn short_flags(args: &[Arg]) -> impl Iterator<Item = &str> {
    let texts = args.iter().filter_map(|arg| arg.text.as_deref()).take_while(|text| *text != "--");
    texts.filter(|text| !text.starts_with("--")).filter_map(|text| {
        let letters = text.strip_prefix('-')?;
        Some(letters.split('=').next().unwrap_or(letters))
    })
}

/// A long flag, whole or cut short.
fn has_long(args: &[Arg], long: &[&str]) -> bool {
    args.iter().filter_map(|arg| arg.text.as_deref()).take_while(|text| *text != "--").any(|text| {
        let Some(name) = text.strip_prefix('-') else { return false };
        let double = name.starts_with('-');
        let name = name.trim_start_matches('-');
        let name = name.split('=').next().unwrap_or(name);
        long.iter().any(|flag| *flag == name || name.len() > 2 && double && flag.starts_with(name))
            // `-fplugin=x`, `-javaagent:x`
            || !double && long.iter().any(|flag| flag.len() > 3 && name.starts_with(flag))
    })
}

/// `tar xIf program file`: the letters without a dash.
fn old_style(args: &[Arg], letters: &str) -> bool {
    let first = args.first().and_then(|arg| arg.text.as_deref());
    first.is_some_and(|text| !text.starts_with('-') && text.contains(|c| letters.contains(c)))
}

/// Whether an interpreter is given code, or reads it from its input.
fn interprets(known: &Interpreter, args: &[Arg]) -> bool {
    let mut args = args.iter();
    let mut may_be_value = false;
    let mut asks = false;
    let mut file = false;
    while let Some(arg) = args.next() {
        let Some(text) = arg.text.as_deref() else { return true };
        if text == "--" {
            file |= args.next().is_some_and(|arg| arg.text.as_deref().is_some_and(|text| !is_device(text)));
            break;
        }
        if let Some(long) = text.strip_prefix("--") {
            let name = long.split('=').next().unwrap_or(long);
            if known.code_long.contains(&name) {
                return true;
            }
            asks |= matches!(name, "version" | "help" | "test");
            may_be_value = !long.contains('=') && !is_switch(name);
            continue;
        }
        let Some(letters) = text.strip_prefix('-') else {
            if is_device(text) {
                return true;
            }
            file = true;
            if may_be_value {
                may_be_value = false;
                continue;
            }
            break;
        };
        // A lone dash is the input.
        if letters.is_empty() {
            return true;
        }
        // Erlang and its kin have long names behind one dash.
        if known.code_long.contains(&letters) {
            return true;
        }
        asks |= matches!(letters, "V" | "v" | "h");
        may_be_value = false;
        let mut rest = letters.chars();
        while let Some(letter) = rest.next() {
            // `python -m module`: a program like any other, but for those that take code.
            if letter == 'm' && known.names.contains(&"python") {
                let glued = rest.as_str().to_owned();
                let mut next = || args.next().and_then(|arg| arg.text.clone());
                let module = if glued.is_empty() { next() } else { Some(glued) };
                return module.is_none_or(|module| {
                    matches!(
                        module.as_str(),
                        "timeit" | "pdb" | "code" | "trace" | "runpy" | "cProfile" | "profile"
                    )
                });
            }
            if known.code.contains(letter) {
                return true;
            }
            if known.valued.contains(letter) {
                if rest.as_str().is_empty() {
                    args.next();
                }
                break;
            }
        }
    }
    known.reads && !file && !asks
}

/// Long flags of interpreters that have no value of their own.
fn is_switch(name: &str) -> bool {
    [
        "no-",
        "trace-",
        "enable-",
        "inspect",
        "test",
        "watch",
        "experimental-",
        "version",
        "help",
        "check",
        "use-",
    ]
    .iter()
    .any(|start| name.starts_with(start))
}

/// Whether a file is one of the system's own, through which input comes.
pub(super) fn is_device(text: &str) -> bool {
    text.split('/').any(|name| matches!(name, "dev" | "proc" | "fd"))
        && (text.contains("stdin") || text.contains("/fd") || text.contains("proc/") || text.contains("/tcp"))
}
