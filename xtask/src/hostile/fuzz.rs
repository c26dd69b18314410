//! `cargo xtask fuzz`: the targets of `fuzz/`, as tests or under libFuzzer.

use super::corpus;
use crate::error::Error;
use crate::tally::Tally;
use crate::{process, unit, workspace};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What `cargo xtask fuzz` takes.
#[derive(clap::Args, Default)]
pub struct Options {
    /// The targets to run under libFuzzer, one after the other; without any, all
    /// of them are run over their corpus as plain tests.
    pub targets: Vec<String>,
    /// How long each is run.
    #[arg(long, default_value_t = 60)]
    pub seconds: u32,
    /// With AddressSanitizer. Its builds have the loop dispatcher's checks; without
    /// it twice as many inputs are tried.
    #[arg(long)]
    pub asan: bool,
    /// Compare with wasmtime too; it takes minutes to compile.
    #[arg(long)]
    pub wasmtime: bool,
    /// The target `execute` with modules of one proposal alone (`exceptions`, `gc`,
    /// …: fuzz/src/features.rs); several are run one after the other.
    #[arg(long, value_name = "NAME")]
    pub proposal: Vec<String>,
    /// Build only, and say where the programs are.
    #[arg(long)]
    pub build: bool,
    /// Write the best of what is new back into fuzz/corpus: few and short inputs that
    /// reach most of the code.
    #[arg(long)]
    pub merge: bool,
}

/// What libFuzzer is told besides.
const LIMITS: [&str; 4] = [
    "-timeout=20",
    "-rss_limit_mb=4096",
    "-max_len=4096",
    "-print_final_stats=1",
];

/// Edges of Fossor's crates (`fuzz/observe`) are reported to libFuzzer.
const COVERAGE: &str = "-Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Ccodegen-units=1";

/// And comparisons of those that read what comes from outside.
const COMPARISONS: &str = "-Cllvm-args=-sanitizer-coverage-trace-compares";

/// Runs the targets.
pub fn perform(options: &Options) -> Result<Tally, Error> {
    if options.targets.is_empty() && !options.build {
        return tests();
    }
    let programs = build(options)?;
    if options.build {
        println!("the targets are in {}", programs.display());
        return Ok(Tally::default());
    }
    let mut tally = Tally::default();
    let proposals: Vec<_> = match options.proposal.is_empty() {
        true => vec![None],
        false => options.proposal.iter().map(Some).collect(),
    };
    let runs = options.targets.iter();
    let runs = runs.flat_map(|target| proposals.iter().map(move |proposal| (target, *proposal)));
    for (target, proposal) in runs {
        let run = Run {
            target,
            proposal: proposal.map(String::as_str),
            seconds: options.seconds,
        };
        let program = programs.join(target);
        println!("fuzz: {}", run.name());
        let ended = match options.merge {
            true => run.merge(&program),
            false => run
                .command(&program)
                .and_then(|mut run| process::run(&mut run)),
        };
        match ended {
            Ok(()) => tally.passed += 1,
            Err(error) => {
                eprintln!("{error}");
                tally.failed += 1;
            }
        }
    }
    println!("fuzz: {tally}");
    Ok(tally)
}

/// The targets over the corpus and some made-up inputs, on stable Rust.
pub fn tests() -> Result<Tally, Error> {
    tests_with(vec![("CARGO_TARGET_DIR", built().into())])
}

/// As [`tests`], with variables set for cargo.
pub fn tests_with(variables: unit::Variables) -> Result<Tally, Error> {
    unit::cargo_test_in(&directory(), &["--quiet"], &variables)
}

fn directory() -> PathBuf {
    workspace::root().join("fuzz")
}

fn built() -> PathBuf {
    workspace::target().join("fuzz")
}

/// Builds with coverage for libFuzzer. Stable Rust takes the flags too, if it is
/// told to.
pub fn build(options: &Options) -> Result<PathBuf, Error> {
    let kind = if options.asan { "asan" } else { "plain" };
    let target_dir = built().join(kind);
    let mut flags = "-Csymbol-mangling-version=v0 --cfg fuzzing".to_owned();
    if options.asan {
        flags += " -Zsanitizer=address";
    }
    let features = match options.wasmtime {
        true => "libfuzzer,wasmtime",
        false => "libfuzzer",
    };
    let triple = "x86_64-unknown-linux-gnu";
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(directory())
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", flags)
        .env("RUSTC_WRAPPER", directory().join("observe"))
        .env("OBSERVE", COVERAGE)
        .env("OBSERVE_COMPARISONS", COMPARISONS)
        .env("CARGO_TARGET_DIR", &target_dir)
        .args(["build", "--release", "--bins", "--features", features])
        // With a target given, build scripts are built without these flags.
        .args(["--target", triple]);
    process::run(&mut cargo)?;
    Ok(target_dir.join(triple).join("release"))
}

/// One process of libFuzzer.
pub struct Run<'a> {
    /// The target.
    pub target: &'a str,
    /// The proposal that its modules use alone.
    pub proposal: Option<&'a str>,
    /// How long it goes on.
    pub seconds: u32,
}

impl Run<'_> {
    /// Of the directories that it has for itself: the same bytes are another module
    /// under another proposal.
    pub fn name(&self) -> String {
        match self.proposal {
            Some(proposal) => format!("{}-{proposal}", self.target),
            None => self.target.to_owned(),
        }
    }

    /// Where inputs are: those that were committed, and those that were found since.
    fn corpora(&self) -> Result<[PathBuf; 2], Error> {
        let committed = directory().join("corpus").join(self.target);
        let found = built().join("corpus").join(self.name());
        workspace::create_dir(&found)?;
        Ok([committed, found])
    }

    /// The command, without a seed.
    pub fn command(&self, program: &Path) -> Result<Command, Error> {
        let [committed, found] = self.corpora()?;
        let findings = built().join("findings").join(self.name());
        workspace::create_dir(&findings)?;
        let mut run = self.program(program);
        run.args([&found, &committed]).args(LIMITS);
        run.arg(format!("-max_total_time={}", self.seconds));
        run.arg(format!("-artifact_prefix={}/", findings.display()));
        Ok(run)
    }

    fn program(&self, program: &Path) -> Command {
        let mut run = Command::new(program);
        run.current_dir(directory());
        if let Some(proposal) = self.proposal {
            run.env("FOSSOR_FUZZ_PROPOSAL", proposal);
        }
        run
    }

    /// Puts the best of what was found among what is committed.
    fn merge(&self, program: &Path) -> Result<(), Error> {
        let [committed, found] = self.corpora()?;
        let (all, control) = (built().join("merged"), built().join("merged.txt"));
        workspace::fresh_dir(&all)?;
        let _ = std::fs::remove_file(&control);
        let mut run = self.program(program);
        // The other kind of merge leaves out what a shorter input reaches.
        run.arg("-set_cover_merge=1");
        run.args([&all, &committed, &found]);
        run.arg(format!("-merge_control_file={}", control.display()));
        process::run(run.args(["-max_len=4096", "-timeout=20"]))?;
        let inputs = corpus::read(&workspace::read(&control)?);
        let is_kept = |input: &corpus::Input| input.path.starts_with(&committed);
        for path in corpus::chosen(inputs, is_kept) {
            let to = committed.join(path.file_name().unwrap_or_default());
            std::fs::copy(&path, &to).map_err(Error::file("copy", &path))?;
        }
        Ok(())
    }
}
