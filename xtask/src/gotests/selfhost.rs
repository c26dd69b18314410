//! `cargo xtask go --self`: the Go toolchain inside itself. `gofmt`, `vet`,
//! `asm`, `compile` and `link`, built for `wasip1/wasm`, work on Go's own
//! sources, and what they make is held against what the native tools make.

use crate::error::Error;
use crate::golang::Toolchain;
use crate::process::{self, Finished, Input};
use crate::tally::Tally;
use crate::workspace;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// The tools, all from `cmd/`.
const TOOLS: [&str; 5] = ["gofmt", "vet", "asm", "compile", "link"];

/// How long one job may take.
const LIMIT: Duration = Duration::from_secs(600);

/// What is compiled, linked and run entirely inside.
const HELLO: &str = r#"package main

import "fmt"

func main() {
	fmt.Println("Hello from a program that Go made inside Fossor!")
}
"#;

/// What that prints.
const GREETING: &str = "Hello from a program that Go made inside Fossor!\n";

/// Something for `vet` to find.
const MISTAKES: &str = r#"package main

import (
	"fmt"
	"sync"
)

func locks(mutex sync.Mutex) {}

func main() {
	fmt.Printf("%d %s\n", "text")
	locks(sync.Mutex{})
	return
	fmt.Println("never")
}
"#;

/// Where both builds of the tools work.
struct Bench<'a> {
    toolchain: &'a Toolchain,
    wrapper: &'a Path,
    directory: PathBuf,
    tally: Tally,
}

/// One use of a tool.
struct Job<'a> {
    name: &'a str,
    tool: &'a str,
    directory: &'a Path,
    arguments: Vec<OsString>,
    /// The file that it makes there.
    product: Option<&'a str>,
    /// The exit code, natively and inside.
    code: i32,
}

/// What one build of a tool did.
struct Work {
    finished: Finished,
    /// The file it was to write, if it wrote one.
    product: Option<Vec<u8>>,
    seconds: f64,
}

/// Builds the tools and compares what they do inside and natively.
pub fn perform(toolchain: &Toolchain, wrapper: &Path) -> Result<Tally, Error> {
    let directory = workspace::target().join("go-self");
    let mut bench = Bench {
        toolchain,
        wrapper,
        directory,
        tally: Tally::default(),
    };
    bench.build()?;
    println!(
        "\n      {:<32} {:>9} {:>9}   result",
        "job", "native s", "inside s"
    );
    bench.format()?;
    bench.assemble()?;
    bench.compile_library("strconv")?;
    bench.compile_library("fmt")?;
    bench.hello()?;
    bench.vet()?;
    println!("Go toolchain inside itself: {}", bench.tally);
    Ok(bench.tally)
}

impl Bench<'_> {
    /// All tools for wasip1/wasm, and gofmt natively: the go command has the
    /// other native ones.
    fn build(&self) -> Result<(), Error> {
        println!(
            "building {} of {} for wasip1/wasm",
            TOOLS.join(", "),
            self.toolchain.version
        );
        let builds = [
            ("wasm", self.toolchain.wasm_command(), &TOOLS[..]),
            ("native", self.toolchain.command(), &TOOLS[..1]),
        ];
        for (platform, mut go, tools) in builds {
            let directory = self.directory.join(platform);
            workspace::create_dir(&directory)?;
            // The separator at the end makes it a directory for one tool too.
            go.current_dir(&self.directory)
                .args(["build", "-trimpath", "-buildvcs=false", "-o"])
                .arg(directory.join(""))
                .args(tools.iter().map(|tool| format!("cmd/{tool}")));
            process::run(&mut go)?;
        }
        Ok(())
    }

    fn native(&self, tool: &str) -> Result<Command, Error> {
        if tool == TOOLS[0] {
            return Ok(Command::new(self.directory.join("native").join(tool)));
        }
        let path = process::output(self.toolchain.command().args(["tool", "-n", tool]))?;
        Ok(Command::new(path.trim_end()))
    }

    fn sources(&self) -> PathBuf {
        self.toolchain.root.join("src")
    }

    /// gofmt: the formatted text of one package, and the names of files that
    /// are not formatted in many.
    fn format(&mut self) -> Result<(), Error> {
        let sources = self.sources();
        let files = go_files(&sources.join("fmt"))?;
        let job = Job::new("gofmt src/fmt/*.go", "gofmt", &sources);
        self.compare(job.arguments(files))?;
        let job = Job::new("gofmt -l src/go src/encoding", "gofmt", &sources);
        // Test data among them is no Go: gofmt says so and exits with 2.
        let job = job.arguments(words("-l go encoding"));
        self.compare(Job { code: 2, ..job })
    }

    fn assemble(&mut self) -> Result<(), Error> {
        let mut arguments = words("-p runtime -I");
        arguments.push(self.toolchain.root.join("pkg").join("include").into());
        arguments.extend(words("-D GOOS_wasip1 -D GOARCH_wasm"));
        arguments.extend(words("-o memmove.o memmove_wasm.s"));
        let work = self.fresh("asm")?;
        let source = self.sources().join("runtime").join("memmove_wasm.s");
        fs::copy(&source, work.join("memmove_wasm.s")).map_err(Error::file("copy", &source))?;
        let job = Job::new("asm memmove_wasm.s", "asm", &work);
        self.compare(job.arguments(arguments).product("memmove.o"))
    }

    /// One package of the standard library.
    fn compile_library(&mut self, package: &str) -> Result<(), Error> {
        let work = self.fresh(package)?;
        let config = self.import_config(package, &work)?;
        let listed = process::output(self.toolchain.wasm_command().args([
            "list",
            "-f",
            "{{range .GoFiles}}{{.}}\n{{end}}",
            package,
        ]))?;
        let sources = self.sources().join(package);
        let mut arguments = words(&format!("-p {package} -std -complete -importcfg"));
        arguments.push(config.into());
        arguments.extend(words("-o package.o"));
        arguments.extend(listed.lines().map(|name| sources.join(name).into()));
        let name = format!("compile {package}");
        let job = Job::new(&name, "compile", &work);
        self.compare(job.arguments(arguments).product("package.o"))
    }

    /// A program compiled, linked and run inside.
    fn hello(&mut self) -> Result<(), Error> {
        let work = self.fresh("hello")?;
        self.import_config("fmt", &work)?;
        workspace::write(&work.join("hello.go"), HELLO)?;
        let compile = words("-p main -complete -importcfg importcfg -o hello.o hello.go");
        let job = Job::new("compile hello.go", "compile", &work);
        self.compare(job.arguments(compile).product("hello.o"))?;
        // What was made inside stays: the linker takes it from there.
        let link = words("-importcfg importcfg -buildmode=exe -o hello.wasm hello.o");
        let job = Job::new("link hello.o", "link", &work);
        self.compare(job.arguments(link).product("hello.wasm"))?;
        let start = Instant::now();
        let mut product = Command::new(self.wrapper);
        product.current_dir(&work).arg(work.join("hello.wasm"));
        let ran = process::capture(&mut product, &Input::Empty, LIMIT)?;
        let fault = match ran.status.success() && ran.stdout == GREETING.as_bytes() {
            true => None,
            false => Some(told(&ran)),
        };
        let inside = start.elapsed().as_secs_f64();
        self.record("run hello.wasm", None, inside, "greets as it should", fault);
        Ok(())
    }

    /// vet on a file with mistakes in it, by the configuration that the go
    /// command would give it.
    fn vet(&mut self) -> Result<(), Error> {
        let work = self.fresh("vet")?;
        let file = work.join("mistakes.go");
        workspace::write(&file, MISTAKES)?;
        self.import_config("fmt", &work)?;
        let mut packages = serde_json::Map::new();
        let mut imports = serde_json::Map::new();
        for line in workspace::read(&work.join("importcfg"))?.lines() {
            if let Some((package, export)) = line
                .strip_prefix("packagefile ")
                .and_then(|rest| rest.split_once('='))
            {
                packages.insert(package.into(), export.into());
                imports.insert(package.into(), package.into());
            }
        }
        let config = serde_json::json!({
            "ID": "mistakes", "Compiler": "gc", "Dir": work, "ImportPath": "mistakes",
            "GoFiles": [file], "ImportMap": imports, "PackageFile": packages,
            "VetxOutput": "facts",
        });
        workspace::write(&work.join("vet.cfg"), config.to_string())?;
        let job = Job::new("vet mistakes.go", "vet", &work);
        let job = job.arguments(words("vet.cfg")).product("facts");
        self.compare(Job { code: 1, ..job })
    }

    /// Where every package that `package` needs has its export data.
    fn import_config(&self, package: &str, work: &Path) -> Result<PathBuf, Error> {
        let format = "{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}";
        let mut go = self.toolchain.wasm_command();
        go.args(["list", "-export", "-deps", "-f", format, package]);
        let path = work.join("importcfg");
        workspace::write(&path, process::output(&mut go)?)?;
        Ok(path)
    }

    fn fresh(&self, name: &str) -> Result<PathBuf, Error> {
        let directory = self.directory.join("work").join(name);
        workspace::fresh_dir(&directory)?;
        Ok(directory)
    }

    /// Runs a tool both ways: the exit code, both outputs and the file it
    /// makes must be the same.
    fn compare(&mut self, job: Job<'_>) -> Result<(), Error> {
        let native = self.work(self.native(job.tool)?, &job)?;
        let mut inside = Command::new(self.wrapper);
        inside.arg(self.directory.join("wasm").join(job.tool));
        let inside = self.work(inside, &job)?;
        let fault = difference(&native, &inside, job.code);
        let told = inside.finished.stdout.len() + inside.finished.stderr.len();
        let bytes = told + inside.product.as_ref().map_or(0, Vec::len);
        let made = format!("identical, {bytes} bytes");
        self.record(job.name, Some(native.seconds), inside.seconds, &made, fault);
        Ok(())
    }

    fn work(&self, mut command: Command, job: &Job<'_>) -> Result<Work, Error> {
        let product = job.product.map(|name| job.directory.join(name));
        if let Some(product) = &product {
            // The file of the other build must not pass for this one's.
            let _ = fs::remove_file(product);
        }
        command
            .current_dir(job.directory)
            .args(&job.arguments)
            .env("GOROOT", &self.toolchain.root)
            .env("GOOS", "wasip1")
            .env("GOARCH", "wasm");
        let start = Instant::now();
        let finished = process::capture(&mut command, &Input::Empty, LIMIT)?;
        Ok(Work {
            seconds: start.elapsed().as_secs_f64(),
            product: product.and_then(|path| fs::read(path).ok()),
            finished,
        })
    }

    fn record(
        &mut self,
        job: &str,
        native: Option<f64>,
        inside: f64,
        made: &str,
        fault: Option<String>,
    ) {
        let native = native.map_or_else(String::new, |seconds| format!("{seconds:.2}"));
        let (word, result) = match &fault {
            None => ("ok  ", made),
            Some(fault) => ("FAIL", fault.as_str()),
        };
        println!("{word}  {job:<32} {native:>9} {inside:>9.2}   {result}");
        match fault {
            None => self.tally.passed += 1,
            Some(_) => self.tally.failed += 1,
        }
    }
}

impl<'a> Job<'a> {
    fn new(name: &'a str, tool: &'a str, directory: &'a Path) -> Self {
        Job {
            name,
            tool,
            directory,
            arguments: Vec::new(),
            product: None,
            code: 0,
        }
    }

    fn arguments(self, arguments: Vec<OsString>) -> Self {
        Job { arguments, ..self }
    }

    fn product(self, name: &'a str) -> Self {
        Job {
            product: Some(name),
            ..self
        }
    }
}

/// Arguments without spaces in them.
fn words(line: &str) -> Vec<OsString> {
    line.split(' ').map(OsString::from).collect()
}

/// The Go files of a directory, without those of testdata.
fn go_files(directory: &Path) -> Result<Vec<OsString>, Error> {
    let files = workspace::entries(directory)?;
    Ok(files
        .into_iter()
        .filter(|path| path.extension() == Some(OsStr::new("go")))
        .map(OsString::from)
        .collect())
}

/// In what two runs of a tool differ, as a sentence.
fn difference(native: &Work, inside: &Work, code: i32) -> Option<String> {
    let (expected, got) = (&native.finished, &inside.finished);
    if got.killed {
        return Some(format!("not done after {} s", LIMIT.as_secs()));
    }
    if expected.status.code() != got.status.code() {
        return Some(format!("native: {}; {}", expected.status, told(got)));
    }
    for (what, expected, got) in [
        ("standard output", &expected.stdout, &got.stdout),
        ("standard error", &expected.stderr, &got.stderr),
    ] {
        if expected != got {
            return Some(format!("{what} differs {}", place(expected, got)));
        }
    }
    match (&native.product, &inside.product) {
        (Some(expected), Some(got)) if expected != got => {
            Some(format!("the file made differs {}", place(expected, got)))
        }
        (Some(_), None) => Some("it made no file".into()),
        _ if expected.status.code() != Some(code) => {
            Some(format!("fails natively too: {}", told(expected)))
        }
        _ => None,
    }
}

/// Where two files part.
fn place(expected: &[u8], got: &[u8]) -> String {
    let same = expected.iter().zip(got).take_while(|(a, b)| a == b).count();
    format!(
        "from byte {same} on: {} bytes natively, {} inside",
        expected.len(),
        got.len()
    )
}

/// How a program ended, with the end of what it said.
fn told(ran: &Finished) -> String {
    let text = [&ran.stdout[..], &ran.stderr[..]].concat();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let shown = lines[lines.len().saturating_sub(12)..].join("\n        ");
    format!("{}\n        {shown}", ran.status)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{ExitStatus, Stdio};

    fn status(code: i32) -> ExitStatus {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("exit {code}")]);
        shell.stdin(Stdio::null()).status().unwrap()
    }

    fn work(code: i32, stdout: &str, product: Option<&str>) -> Work {
        Work {
            finished: Finished {
                status: status(code),
                stdout: stdout.into(),
                stderr: Vec::new(),
                killed: false,
            },
            product: product.map(Into::into),
            seconds: 0.0,
        }
    }

    #[test]
    fn only_equal_and_successful_work_is_no_difference() {
        let good = work(0, "same", Some("file"));
        assert_eq!(difference(&good, &work(0, "same", Some("file")), 0), None);
        let told = difference(&good, &work(0, "some", Some("file")), 0).unwrap();
        assert_eq!(
            told,
            "standard output differs from byte 1 on: 4 bytes natively, 4 inside"
        );
        let told = difference(&good, &work(0, "same", Some("fil")), 0).unwrap();
        assert_eq!(
            told,
            "the file made differs from byte 3 on: 4 bytes natively, 3 inside"
        );
        assert_eq!(
            difference(&good, &work(0, "same", None), 0).unwrap(),
            "it made no file"
        );
        assert!(
            difference(&good, &work(134, "same", None), 0)
                .unwrap()
                .contains("134")
        );
        let both = work(2, "usage", None);
        assert!(
            difference(&both, &work(2, "usage", None), 0)
                .unwrap()
                .starts_with("fails natively")
        );
    }
}
