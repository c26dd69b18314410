//! What the go command's own tools make of Fossor: tests that hang, profiles, coverage.

use crate::error::Error;
use crate::golang::Toolchain;
use crate::process::{self, Input};
use crate::tally::Tally;
use crate::workspace;
use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// Tries something; says what was wrong.
type Check = fn(&Site) -> Result<Vec<String>, Error>;

/// What is tried, and by which words it is told.
const CHECKS: [(&str, Check); 5] = [
    ("go test -timeout ends a test that spins", Site::deadline),
    ("SIGQUIT, as go test sends it to a test", |site| {
        site.quit(Whom::Test)
    }),
    ("^\\ on a terminal: SIGQUIT to all", |site| {
        site.quit(Whom::All)
    }),
    ("shares in go tool pprof", Site::shares),
    ("go tool cover", Site::coverage),
];

/// How far a share in a profile may be from the exact one, in percent of all.
const TOLERANCE: f64 = 2.0;

/// Runs all of it.
pub fn perform(toolchain: Toolchain, fossor: PathBuf, path: OsString) -> Result<Tally, Error> {
    let directory = workspace::target().join("go-tools");
    workspace::fresh_dir(&directory)?;
    let site = Site {
        toolchain,
        fossor,
        path,
        directory,
    };
    let mut tally = Tally::default();
    for (name, check) in CHECKS {
        let start = Instant::now();
        let wrong = check(&site)?;
        let verdict = if wrong.is_empty() { "ok" } else { "FAIL" };
        println!(
            "{verdict:5} {name} ({:.1} s)",
            start.elapsed().as_secs_f64()
        );
        wrong.iter().for_each(|line| println!("      {line}"));
        match wrong.is_empty() {
            true => tally.passed += 1,
            false => tally.failed += 1,
        }
    }
    println!("tools of Go: {tally}");
    Ok(tally)
}

/// Who gets the signal.
#[derive(Clone, Copy)]
enum Whom {
    /// The test alone: `go test` does that when it has lost patience.
    Test,
    /// The go command too, as from a terminal.
    All,
}

struct Site {
    toolchain: Toolchain,
    fossor: PathBuf,
    /// With the exec wrapper on it.
    path: OsString,
    directory: PathBuf,
}

impl Site {
    fn module() -> PathBuf {
        workspace::fixtures().join("tools")
    }

    fn deadline(&self) -> Result<Vec<String>, Error> {
        let mut go = self.toolchain.wasm_command();
        go.current_dir(Self::module().join("spin"));
        go.env("PATH", &self.path);
        // Without a package's name it tells the exit code.
        go.args(["test", "-count=1", "-timeout=2s"]);
        let ended = process::capture(&mut go, &Input::Empty, Duration::from_secs(300))?;
        let output = String::from_utf8_lossy(&ended.stdout).into_owned();
        let mut wrong = hang_is_told("error[F0408]", &output);
        if ended.status.code() != Some(1) {
            wrong.push(format!("go test: {}", ended.status));
        }
        Ok(wrong)
    }

    /// The signal comes when the test has said that it spins.
    fn quit(&self, whom: Whom) -> Result<Vec<String>, Error> {
        // Without the wrapper's name there is no deadline that could come first.
        let script = self.directory.join("exec");
        let test_pid = self.directory.join("test.pid");
        let go_pid = self.directory.join("go.pid");
        let text = format!(
            "#!/bin/sh\necho $$ > '{}'\nexec '{}' run --dir / \"$@\"\n",
            test_pid.display(),
            self.fossor.display()
        );
        workspace::write(&script, text)?;
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755))
            .map_err(Error::file("make executable", &script))?;
        let go = self.toolchain.wasm_command();
        // The shell gives its process, and its group, to the go command.
        let line = format!("echo $$ > '{}'; exec \"$0\" \"$@\"", go_pid.display());
        let mut shell = Command::new("sh");
        shell.args(["-c", &line]).arg(go.get_program());
        shell.args(["test", "-count=1", "-v", "-exec"]).arg(&script);
        shell.current_dir(Self::module().join("spin"));
        for (name, value) in go.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        let mut output = String::new();
        let mut failed = None;
        let status = process::lines(shell.process_group(0), |line| {
            output.push_str(line);
            output.push('\n');
            if line.trim() == "spinning" {
                let (file, sign) = match whom {
                    Whom::Test => (&test_pid, ""),
                    Whom::All => (&go_pid, "-"),
                };
                let process = std::fs::read_to_string(file).unwrap_or_default();
                let mut kill = Command::new("kill");
                kill.args(["-QUIT", "--"]);
                failed = process::run(kill.arg(format!("{sign}{}", process.trim()))).err();
            }
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
        let mut wrong = hang_is_told("error[F0407]", &output);
        if status.code() != Some(1) {
            wrong.push(format!("go test: {status}"));
        }
        Ok(wrong)
    }

    fn shares(&self) -> Result<Vec<String>, Error> {
        let module = self.build_hot()?;
        let [both, hot, cold, none] = [(3, 1), (3, 0), (0, 1), (0, 0)].map(|(hot, cold)| {
            let millions = |count| format!("{}", count * 1_000_000);
            let mut run = Command::new(&self.fossor);
            run.args(["profile", "-o"]);
            run.arg(self.directory.join(format!("{hot}-{cold}.pb.gz")));
            run.arg(&module).args([millions(hot), millions(cold)]);
            operators(&mut run)
        });
        let (both, hot, cold, none) = (both?, hot?, cold?, none?);
        let mut pprof = self.toolchain.command();
        pprof.current_dir(Self::module());
        pprof.args(["tool", "pprof", "-top", "-nodefraction=0"]);
        let top = process::output(pprof.arg(self.directory.join("3-1.pb.gz")))?;
        let mut wrong = Vec::new();
        for (name, alone) in [("main.hot", hot), ("main.cold", cold)] {
            let exact = (alone - none) as f64 / both as f64 * 100.0;
            let line = top.lines().find(|line| line.ends_with(name));
            let share = line.and_then(|line| line.split_whitespace().nth(1));
            let share: Option<f64> = share.and_then(|text| text.strip_suffix('%')?.parse().ok());
            println!("      {name}: {share:?} % of the profile, {exact:.2} % of all operators");
            if !share.is_some_and(|share| (share - exact).abs() < TOLERANCE) {
                wrong.push(format!("{name} has {share:?} %, not {exact:.2} %:\n{top}"));
            }
        }
        Ok(wrong)
    }

    fn coverage(&self) -> Result<Vec<String>, Error> {
        let profile = self.directory.join("cover.out");
        let mut run = Command::new(&self.fossor);
        run.args(["profile", "--coverage"]).arg(&profile);
        process::output(run.arg(self.build_hot()?).args(["5", "0"]))?;
        let mut cover = self.toolchain.command();
        cover.current_dir(Self::module());
        let func = format!("-func={}", profile.display());
        let table = process::output(cover.args(["tool", "cover", &func]))?;
        // A line of `cold` was not executed; the others' all were.
        let whole = |name: &str| {
            let line = table
                .lines()
                .find(|line| line.split_whitespace().nth(1) == Some(name));
            line.map(|line| line.trim_end().ends_with("100.0%"))
        };
        let expected = [("hot", true), ("main", true), ("cold", false)];
        let wrong = expected
            .iter()
            .filter(|(name, all)| whole(name) != Some(*all));
        Ok(wrong
            .map(|(name, _)| format!("{name} in\n{table}"))
            .collect())
    }

    /// The program `hot`, stripped.
    fn build_hot(&self) -> Result<PathBuf, Error> {
        let module = self.directory.join("hot.wasm");
        if !module.is_file() {
            let mut go = self.toolchain.wasm_command();
            go.current_dir(Self::module());
            go.args(["build", "-buildvcs=false", "-ldflags=-s", "-o"]);
            process::run(go.arg(&module).arg("./hot"))?;
        }
        Ok(module)
    }
}

/// What is missing in what is said of the test that spins.
fn hang_is_told(error: &str, output: &str) -> Vec<String> {
    let parts = [
        error,
        "fossor/tools/spin.TestCollatz(0x",
        "spin_test.go:",
        "goroutine 1 [chan receive]:",
        "exit status 2",
    ];
    let missing = parts.iter().filter(|part| !output.contains(**part));
    let mut wrong = Vec::from_iter(missing.map(|part| format!("no {part}")));
    if !wrong.is_empty() {
        wrong.push(output.to_owned());
    }
    wrong
}

/// How many operators a profiled run executed, as it says at its end.
fn operators(run: &mut Command) -> Result<u64, Error> {
    let ended = process::capture(run, &Input::Empty, Duration::from_secs(300))?;
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    let number = said.split(" operators").next().and_then(|text| {
        let digits = text.rsplit(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse().ok()
    });
    number.ok_or_else(|| Error::message(format!("no number of operators in: {said}")))
}
