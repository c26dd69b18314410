//! `go test` and `go run` for GOOS=wasip1 start a program of the name
//! `go_wasip1_wasm_exec`, with the module and the program's arguments. Under
//! that name Fossor gives the guest what Go's own script does: the whole file
//! system at `/`, the whole environment, and the current directory.

use crate::arguments::{self, Command, RunArguments};
use crate::codes::Code;
use crate::failure::Failure;
use crate::mount::Mount;
use crate::profile::TIME_INTERVAL;
use crate::watch::ProfilePlan;
use crate::{spelling, units, usage};
use fossor::SampleBy;
use fossor_profile::Format;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::time::Duration;

/// The name that the go command looks for on PATH.
pub const NAME: &str = "go_wasip1_wasm_exec";

/// The variable whose words are flags, as for Go's own script.
const FLAGS_VARIABLE: &str = "GOWASIRUNTIMEARGS";

/// Whether a program called so is to be Go's exec wrapper.
pub fn is_wrapper(argv0: &OsStr) -> bool {
    let name = Path::new(argv0).file_name().and_then(OsStr::to_str);
    name.is_some_and(|name| name.strip_suffix(".exe").unwrap_or(name) == NAME)
}

/// What to run, from all words of the command line.
pub fn arguments(words: &[OsString]) -> Result<RunArguments, Failure> {
    let given = words.get(1..).unwrap_or_default();
    if given.is_empty() {
        return Err(Failure::new(
            Code::Usage,
            format!("{NAME} is called by the go command, with a module and its arguments"),
        )
        .help("GOOS=wasip1 GOARCH=wasm go test ./..."));
    }
    let flags = std::env::var(FLAGS_VARIABLE).unwrap_or_default();
    parse(&flags, given)
}

fn parse(flags: &str, module_and_args: &[OsString]) -> Result<RunArguments, Failure> {
    let mut flags: Vec<_> = flags.split_whitespace().map(OsString::from).collect();
    spelling::double_dashes(&mut flags);
    let mut words: Vec<OsString> = vec!["fossor".into(), "run".into()];
    words.extend(flags.iter().cloned());
    words.push("--".into());
    words.extend(module_and_args.iter().cloned());
    let origin = |failure: Failure| failure.help(format!("the flags come from {FLAGS_VARIABLE}"));
    let parsed = match arguments::parse(&words) {
        Ok(parsed) => parsed,
        Err(error) => return Err(origin(usage::failure(&error, "fossor run --help"))),
    };
    let Command::Run(mut run) = parsed else {
        unreachable!("the second word is `run`")
    };
    if run.module_and_args != module_and_args {
        let stray = run.module_and_args[0].to_string_lossy();
        return Err(origin(Failure::new(
            Code::Usage,
            format!("`{stray}` is no flag"),
        )));
    }
    run.test_timeout = test_timeout(&run.module_and_args);
    run.plan.profile = cpu_profile(&run.module_and_args);
    run.guest.inherit_env = true;
    let names_root = |mount: &Mount| mount.guest == "/";
    if !run
        .guest
        .directories
        .iter()
        .chain(&run.guest.mounts)
        .any(names_root)
    {
        run.guest.directories.insert(0, Mount::root());
    }
    Ok(*run)
}

/// The flag by which `go test` tells a test binary when to give up.
const TIMEOUT_FLAG: &str = "-test.timeout=";

fn test_timeout(words: &[OsString]) -> Option<Duration> {
    units::duration(test_flag(words, TIMEOUT_FLAG)?).ok()
}

/// The profile that `go test -cpuprofile` asks for. In the guest there is
/// nobody to make it: its file stays empty, and is replaced.
fn cpu_profile(words: &[OsString]) -> Option<ProfilePlan> {
    let file = test_flag(words, "-test.cpuprofile=").filter(|file| !file.is_empty())?;
    let directory = test_flag(words, "-test.outputdir=").unwrap_or_default();
    Some(ProfilePlan {
        by: SampleBy::CpuTime(TIME_INTERVAL),
        outputs: vec![(Path::new(directory).join(file), Format::Pprof)],
        quiet: true,
    })
}

/// The value of a flag of package testing.
fn test_flag<'a>(words: &'a [OsString], flag: &str) -> Option<&'a str> {
    let value = |word: &'a OsString| word.to_str()?.strip_prefix(flag);
    // Words behind `--` are not its flags.
    let words = words.iter().skip(1).take_while(|word| *word != "--");
    words.filter_map(value).last()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<OsString> {
        text.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn the_name_decides() {
        for name in [
            "go_wasip1_wasm_exec",
            "/x/go_wasip1_wasm_exec",
            "go_wasip1_wasm_exec.exe",
        ] {
            assert!(is_wrapper(OsStr::new(name)), "{name}");
        }
        for name in [
            "fossor",
            "go_wasip1_wasm_exec/fossor",
            "my_go_wasip1_wasm_exec",
        ] {
            assert!(!is_wrapper(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn arguments_after_the_module_are_never_ours() {
        let run = parse("", &words("m.test --dir / -- -test.v")).ok().unwrap();
        assert_eq!(run.module_and_args, words("m.test --dir / -- -test.v"));
        assert_eq!(run.guest.directories, [Mount::root()]);
        assert!(run.guest.inherit_env);
    }

    #[test]
    fn a_tests_deadline_is_seen() {
        let time = |text| test_timeout(&words(text));
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(time("m -test.v -test.timeout=10m0s"), seconds(600));
        assert_eq!(time("m -test.timeout=0"), None);
        assert_eq!(time("m -test.timeout=1s -test.timeout=3s"), seconds(3));
        assert_eq!(time("m -- -test.timeout=3s"), None);
        assert_eq!(time("-test.timeout=3s"), None);
    }

    #[test]
    fn flags_come_from_the_variable() {
        let run = parse("--listen=127.0.0.1:0 -env A=1 --timeout 2s", &words("m"))
            .ok()
            .unwrap();
        assert_eq!(run.guest.listen, ["127.0.0.1:0"]);
        assert_eq!(run.guest.environment, ["A=1"]);
        assert!(run.limits.timeout.is_some());
        assert!(parse("stray", &words("m")).is_err());
        assert!(parse("--no-such-flag", &words("m")).is_err());
        let run = parse("--dir /tmp::/", &words("m")).ok().unwrap();
        assert_eq!(run.guest.directories.len(), 1);
    }
}
