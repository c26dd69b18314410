//! Every message that Fossor itself gives up with: its code, the exit code it
//! leads to, and an explanation. This is the one table of them.
//!
//! `F00` is the command line, `F01` files and what a guest is given, `F02` the
//! module, `F03` linking and life cycle, `F04` the end of a guest, `F05`
//! scripts, `F09` Fossor itself.

/// Exit codes that are not the guest's own.
pub mod exit {
    /// The code is only a hint's.
    pub const NONE: u8 = 0;
    /// A script had failures.
    pub const SCRIPT: u8 = 1;
    /// As Go's own runtime ends a program.
    pub const GO_FATAL: u8 = 2;
    /// A fault of Fossor's.
    pub const FAULT: u8 = 70;
    /// A limit of time or fuel ended the guest.
    pub const LIMIT: u8 = 124;
    /// The guest did not start, or a body was found invalid later.
    pub const NOT_RUN: u8 = 125;
    /// The user pressed Ctrl-C.
    pub const INTERRUPTED: u8 = 130;
    /// What the number of a signal that the guest raised is added to.
    pub const SIGNAL: u8 = 128;
    /// The guest trapped.
    pub const TRAP: u8 = 134;
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $text:literal $exit:ident $explanation:literal;)*) => {
        /// What kind of failure it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// All of them, in order.
            pub const ALL: &[Code] = &[$(Code::$name,)*];

            /// The code as users see it: `F` and four digits.
            pub fn text(self) -> &'static str {
                match self {
                    $(Code::$name => $text,)*
                }
            }

            /// The exit code of the process.
            pub fn exit(self) -> u8 {
                match self {
                    $(Code::$name => exit::$exit,)*
                }
            }

            /// What it means and what to do.
            pub fn explanation(self) -> &'static str {
                match self {
                    $(Code::$name => $explanation,)*
                }
            }
        }
    };
}

codes! {
    /// The command line cannot be understood.
    Usage "F0001" NOT_RUN
        "The command line cannot be understood. The flags of a command are listed by its \
         --help. All flags stand before the module; what follows it belongs to the guest.";

    /// Nothing of that name can be explained.
    Topic "F0002" NOT_RUN
        "`fossor explain` alone lists what it can explain.";

    /// The module cannot be read.
    Unreadable "F0101" NOT_RUN
        "The file named as module cannot be read: it is missing, a directory, or not readable \
         by this user.";
    /// A path was refused to the guest, which then failed.
    Path "F0102" NONE
        "A hint, not an end: the guest asked for a path that no directory covers, that leads out \
         of its directory, or that is in a read-only one, and failed later. The guest itself \
         often says no more than `bad file descriptor`. The exit code is the guest's.";
    /// A directory cannot be given to the guest.
    Directory "F0103" NOT_RUN
        "A directory given with --dir cannot be opened, or its name in the guest is not \
         possible. --dir HOST::GUEST names it; two directories need two names, and a name may \
         not contain `..`.";
    /// The file for standard input cannot be opened.
    Stdin "F0104" NOT_RUN
        "The file given with --stdin cannot be opened.";
    /// An address cannot be listened on.
    Listen "F0105" NOT_RUN
        "The address given with --listen cannot be bound: it is in use, or not of this machine.";
    /// Arguments, environment or descriptors cannot be given to the guest.
    Context "F0106" NOT_RUN
        "What the guest was to be given cannot be given: an argument or variable contains a NUL \
         byte, or there are more descriptors than a guest may have.";
    /// A file cannot be written.
    Install "F0107" NOT_RUN
        "The link go_wasip1_wasm_exec cannot be made in that directory.";
    /// A trace, a page, a recording or a profile cannot be written.
    Output "F0108" NOT_RUN
        "A file that a trace, a page, a recording or a profile is written to cannot be created \
         or written, or there is nothing to write. If that happens at the end, the guest has \
         run.";

    /// A recording cannot be replayed.
    Recording "F0109" NOT_RUN
        "The file is no recording of `fossor run --record`, is damaged or cut off, or is one of \
         another module: the module must be the same, byte for byte. --module says where it is.";

    /// The file is no module, or not a valid one.
    Invalid "F0201" NOT_RUN
        "The file is not a WebAssembly module, is cut off, or breaks a rule of the format. A \
         function body may be found invalid only when it is first called; --compile eager \
         looks at all of them first.";
    /// The text format has an error.
    Text "F0202" NOT_RUN
        "The file is taken for WebAssembly's text format (.wat), and has an error in it.";
    /// The module needs more than this machine or the limits give.
    Resources "F0203" NOT_RUN
        "Memory or address space for the module cannot be had: its initial memory is above \
         --max-memory, or the system refuses the reservation (ulimit -v, --max-stack).";

    /// There is no such function.
    NoFunc "F0204" NOT_RUN
        "The module has no function of that index or name, or it is imported and so has no \
         code in this module. `fossor disassemble --list` lists what there is.";

    /// Imports that nobody provides, or of another type.
    Imports "F0301" NOT_RUN
        "The module imports what Fossor does not provide. Provided are the functions of \
         wasi_snapshot_preview1 and wasi_unstable. Other modules' functions, which Go programs \
         declare with //go:wasmimport, come from a program that embeds Fossor and defines them.";
    /// The module has no `_start`.
    NoStart "F0302" NOT_RUN
        "`fossor run` calls the export `_start`, which Go, C and Rust give to programs. A module \
         without it is a library.";
    /// The module is a reactor.
    Reactor "F0303" NOT_RUN
        "The module is a reactor: Go builds one with -buildmode=c-shared. It has `_initialize` \
         in place of `_start`, and exports to be called after that by a program that embeds it. \
         Built without that flag it is a command, which `fossor run` can run.";

    /// A function that is not there, or arguments that do not fit it.
    Call "F0304" NOT_RUN
        "`fossor invoke` or `run --invoke` names a function that the module does not export, or \
         gives it arguments of another number or type than it has.";
    /// A call outside the life cycle.
    Lifecycle "F0310" NOT_RUN
        "A program (a module with `_start`) runs once, from start to end; its functions cannot \
         be called from outside. Only a library, which has `_initialize` or neither, can: Go \
         builds one with -buildmode=c-shared.";

    /// The guest trapped.
    Trap "F0401" TRAP
        "The guest did what WebAssembly forbids, or executed `unreachable`. The frames are the \
         guest's functions, the innermost first; of a Go program, the goroutine that ran. \
         --wasm-frames shows WebAssembly's frames as well, which in a Go program are the real \
         stack only until goroutines switch.";
    /// The deadline passed.
    Timeout "F0402" LIMIT
        "The time given with --timeout passed before the guest ended.";
    /// The fuel is used up.
    Fuel "F0403" LIMIT
        "The guest executed as many WebAssembly operators as --fuel allows.";
    /// The user interrupted.
    Interrupted "F0404" INTERRUPTED
        "Ctrl-C, or a SIGINT from elsewhere, asked the guest to stop. A second one ends Fossor \
         at once.";
    /// A host function failed.
    Host "F0405" TRAP
        "A function of the host failed in a way that no errno can tell the guest.";
    /// The guest raised a deadly signal.
    Signal "F0406" SIGNAL
        "The guest raised a signal that ends a program, with proc_raise. As in a shell the exit \
         code is 128 and the signal's number: 134 for SIGABRT, 143 for SIGTERM.";
    /// SIGQUIT.
    Quit "F0407" GO_FATAL
        "SIGQUIT (Ctrl-\\, or `go test` with a test that hangs) ended the guest, with all its \
         goroutines on standard error and the exit code that Go programs have then.";
    /// The deadline that `go test` set passed.
    TestTimeout "F0408" GO_FATAL
        "The time of `go test -timeout` passed, and the test did not notice: Go's own timer only \
         fires when goroutines switch. Fossor shows all goroutines, with the exit code that Go \
         has for this.";

    /// A replay differs from its recording.
    Diverged "F0410" FAULT
        "A replayed guest did something else than when it was recorded. With the same module and \
         the same answers that must not be: it is a fault of Fossor's, unless the processor is \
         another one (WebAssembly leaves the payload of NaNs to it).";
    /// A recorded run was stopped.
    RecordedStop "F0411" LIMIT
        "The recorded run was stopped here, by its deadline or by Ctrl-C: there is nothing more \
         to replay.";

    /// Directives of a script failed.
    Script "F0501" SCRIPT
        "Directives of a .wast script did not do what the script says.";

    /// An import that was forbidden.
    Denied "F0601" SCRIPT
        "`fossor inspect --deny` found an import whose name fits a pattern.";

    /// A fault of Fossor's.
    Fault "F0901" FAULT
        "Fossor itself has an error. Please report it, with the line it printed, the module and \
         the output of fossor --version.";
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn codes_are_in_order_and_well_formed() {
        let texts: Vec<_> = Code::ALL.iter().map(|code| code.text()).collect();
        assert!(texts.is_sorted_by(|a, b| a < b));
        for code in Code::ALL {
            let digits = code.text().strip_prefix('F').unwrap();
            assert!(digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()));
            assert!(code.explanation().ends_with('.'));
        }
    }
}
