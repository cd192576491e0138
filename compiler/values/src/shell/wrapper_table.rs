//! The known wrappers, a row for each.

/// A wrapper that is read with a table.
pub(super) struct Wrapper {
    pub(super) name: &'static str,
    /// Flags of one letter without a value, and with one.
    pub(super) letters: &'static str,
    pub(super) valued_letters: &'static str,
    /// Long flags without a value, and with one.
    pub(super) long: &'static [&'static str],
    pub(super) valued_long: &'static [&'static str],
    /// How many words stand between the flags and the command.
    pub(super) operands: usize,
    /// `NAME=value` may stand before the command.
    pub(super) assigns: bool,
}

const PLAIN: Wrapper = Wrapper {
    name: "",
    letters: "",
    valued_letters: "",
    long: &[],
    valued_long: &[],
    operands: 0,
    assigns: false,
};

pub(super) const WRAPPERS: &[Wrapper] = &[
    Wrapper {
        name: "env",
        letters: "i0v",
        valued_letters: "uC",
        long: &["ignore-environment", "null", "debug"],
        valued_long: &["unset", "chdir"],
        assigns: true,
        ..PLAIN
    },
    Wrapper {
        name: "timeout",
        letters: "v",
        valued_letters: "ks",
        long: &["foreground", "preserve-status", "verbose"],
        valued_long: &["kill-after", "signal"],
        operands: 1,
        ..PLAIN
    },
    Wrapper {
        name: "nice",
        letters: "0123456789",
        valued_letters: "n",
        valued_long: &["adjustment"],
        ..PLAIN
    },
    Wrapper { name: "nohup", ..PLAIN },
    Wrapper { name: "time", letters: "pvaq", valued_letters: "fo", ..PLAIN },
    Wrapper { name: "command", letters: "p", ..PLAIN },
    Wrapper { name: "builtin", ..PLAIN },
    Wrapper { name: "exec", letters: "cl", valued_letters: "a", ..PLAIN },
    Wrapper {
        name: "sudo",
        letters: "AbEHknPSBN",
        valued_letters: "ughpCDrtTU",
        long: &["background", "preserve-env", "set-home", "non-interactive", "stdin"],
        valued_long: &["user", "group", "host", "prompt", "chdir", "preserve-env"],
        assigns: true,
        ..PLAIN
    },
    Wrapper { name: "doas", letters: "nL", valued_letters: "uC", ..PLAIN },
    Wrapper { name: "stdbuf", valued_letters: "ioe", valued_long: &["input", "output", "error"], ..PLAIN },
    Wrapper { name: "setsid", letters: "cfw", long: &["ctty", "fork", "wait"], ..PLAIN },
    Wrapper { name: "ionice", letters: "t", valued_letters: "cn", ..PLAIN },
    Wrapper { name: "chrt", letters: "bfiorR", operands: 1, ..PLAIN },
    Wrapper { name: "taskset", letters: "c", operands: 1, ..PLAIN },
    Wrapper { name: "busybox", ..PLAIN },
    Wrapper { name: "toybox", ..PLAIN },
    Wrapper { name: "chronic", ..PLAIN },
    Wrapper { name: "unbuffer", letters: "p", ..PLAIN },
    Wrapper {
        name: "xargs",
        letters: "0rtpxo",
        valued_letters: "nPILsdEa",
        long: &["null", "no-run-if-empty", "verbose", "interactive", "exit", "open-tty"],
        // `--max-lines`, `--replace` and `--eof` have a value only behind a `=`; a word behind them is the command.
        valued_long: &["max-args", "max-procs", "max-chars", "delimiter", "arg-file"],
        ..PLAIN
    },
];

/// Programs that run commands in ways that we do not read.
pub(super) const UNREAD: &[&str] = &[
    "at",
    "batch",
    "bwrap",
    "chroot",
    "chpst",
    "dbus-run-session",
    "entr",
    "expect",
    "fakeroot",
    "firejail",
    "fish",
    "flock",
    "gdb",
    "ltrace",
    "nsenter",
    "parallel",
    "pkexec",
    "proot",
    "rlwrap",
    "runuser",
    "script",
    "setpriv",
    "start-stop-daemon",
    "strace",
    "su",
    "sudoedit",
    "systemd-run",
    "tcsh",
    "csh",
    "unshare",
    "watch",
    "xvfb-run",
    "pwsh",
    "powershell",
    "cmd.exe",
    "softlimit",
    "daemonize",
    "run-parts",
    "sg",
    "newgrp",
    "capsh",
    "prlimit",
    "numactl",
    "cgexec",
    "ld.so",
    "hyperfine",
    "perf",
    "valgrind",
    "faketime",
    "tsocks",
    "torsocks",
    "proxychains",
];
