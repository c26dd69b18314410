//! Executing one directive.

use crate::matching::{argument, describe_results, describe_vals, expectations, matches};
use crate::modules::Modules;
use crate::report::Kind;
use fossor::{Error, Module, Val};
use wast::token::Id;
use wast::{QuoteWat, WastDirective, WastExecute, WastInvoke, Wat};

/// Why a directive did not pass.
pub(crate) enum Stop {
    /// What was expected, and what came.
    Failed(String),
    /// Fossor lacks what it tests.
    Skipped(&'static str),
}

type Done = Result<(), Stop>;

pub(crate) fn kind_of(directive: &WastDirective<'_>) -> Kind {
    match directive {
        WastDirective::Module(_) => Kind::Module,
        WastDirective::ModuleDefinition(_) => Kind::ModuleDefinition,
        WastDirective::ModuleInstance { .. } => Kind::ModuleInstance,
        WastDirective::Register { .. } => Kind::Register,
        WastDirective::Invoke(_) => Kind::Invoke,
        WastDirective::AssertReturn { .. } => Kind::AssertReturn,
        WastDirective::AssertTrap {
            exec: WastExecute::Wat(_),
            ..
        } => Kind::AssertUninstantiable,
        WastDirective::AssertTrap { .. } => Kind::AssertTrap,
        WastDirective::AssertExhaustion { .. } => Kind::AssertExhaustion,
        WastDirective::AssertInvalid { .. } => Kind::AssertInvalid,
        WastDirective::AssertMalformed { .. } => Kind::AssertMalformed,
        WastDirective::AssertUnlinkable { .. } => Kind::AssertUnlinkable,
        WastDirective::AssertException { .. } => Kind::AssertException,
        WastDirective::AssertSuspension { .. } => Kind::AssertSuspension,
        WastDirective::AssertInvalidCustom { .. } | WastDirective::AssertMalformedCustom { .. } => {
            Kind::AssertCustom
        }
        WastDirective::Thread(_) | WastDirective::Wait { .. } => Kind::Thread,
    }
}

/// Executes a directive.
pub(crate) fn execute(modules: &mut Modules, directive: WastDirective<'_>) -> Done {
    match directive {
        WastDirective::Module(source) => {
            let name = source.name();
            let module = define(modules, source)?;
            Ok(modules.instantiate(name, &module)?)
        }
        WastDirective::ModuleDefinition(source) => define(modules, source).map(drop),
        WastDirective::ModuleInstance {
            instance, module, ..
        } => {
            let module = modules.definition(module)?;
            Ok(modules.instantiate(instance, &module)?)
        }
        WastDirective::Register { name, module, .. } => {
            let instance = modules.instance(module)?;
            let linker = &mut modules.linker;
            linker.instance(&modules.store, name, instance)?;
            Ok(())
        }
        WastDirective::Invoke(invoke) => Ok(call(modules, &invoke)?.map(drop)?),
        WastDirective::AssertReturn { exec, results, .. } => {
            let expected = expectations(&results)?;
            let got = run(modules, exec)?.map_err(|error| {
                let expected = describe_results(&expected);
                failed(format!("expected {expected}, got {}", describe(&error)))
            })?;
            if matches(&modules.store, &expected, &got) {
                return Ok(());
            }
            let (expected, got) = (describe_results(&expected), describe_vals(&got));
            Err(failed(format!("expected {expected}, got {got}")))
        }
        WastDirective::AssertTrap { exec, message, .. } => {
            let result = run(modules, exec)?;
            expect_trap(result, message)
        }
        WastDirective::AssertExhaustion {
            call: invoke,
            message,
            ..
        } => {
            let result = call(modules, &invoke)?;
            expect_trap(result, message)
        }
        WastDirective::AssertInvalid {
            mut module,
            message,
            ..
        } => {
            let binary = encode(&mut module)?;
            expect_refusal(modules, binary, message)
        }
        WastDirective::AssertMalformed {
            mut module,
            message,
            ..
        } => match encode(&mut module) {
            // Its text is malformed.
            Err(Stop::Failed(_)) => Ok(()),
            Err(skipped) => Err(skipped),
            Ok(binary) => expect_refusal(modules, binary, message),
        },
        WastDirective::AssertUnlinkable {
            module, message, ..
        } => {
            let binary = encode(&mut QuoteWat::Wat(module))?;
            let module = modules.compile(binary)?;
            match modules.try_instantiate(&module) {
                Err(Error::Link(report)) if report.to_string().contains(message) => Ok(()),
                Err(error) => Err(failed(format!(
                    "expected a link error ({message}), got {}",
                    describe(&error)
                ))),
                Ok(_) => Err(failed(format!(
                    "expected a link error ({message}), the module was instantiated"
                ))),
            }
        }
        WastDirective::AssertException { exec, .. } => match run(modules, exec)? {
            Err(Error::Exception(_)) => Ok(()),
            Err(error) => Err(failed(format!(
                "expected an exception, got {}",
                describe(&error)
            ))),
            Ok(results) => {
                let results = describe_vals(&results);
                Err(failed(format!("expected an exception, got {results}")))
            }
        },
        WastDirective::AssertSuspension { .. } => {
            Err(Stop::Skipped("stack switching is not supported"))
        }
        WastDirective::AssertInvalidCustom { .. } | WastDirective::AssertMalformedCustom { .. } => {
            Err(Stop::Skipped("custom sections are not interpreted"))
        }
        WastDirective::Thread(_) | WastDirective::Wait { .. } => {
            Err(Stop::Skipped("threads are not supported"))
        }
    }
}

fn define(modules: &mut Modules, mut source: QuoteWat<'_>) -> Result<Module, Stop> {
    let name = source.name();
    let binary = encode(&mut source)?;
    let module = modules
        .compile(binary)
        .map_err(|error| failed(format!("expected a valid module, got {}", describe(&error))))?;
    modules.define(name, module.clone());
    Ok(module)
}

/// A module that must be refused.
fn expect_refusal(modules: &mut Modules, binary: Vec<u8>, message: &str) -> Done {
    match modules.compile(binary) {
        Err(Error::Invalid(_)) => Ok(()),
        Err(error) => Err(failed(format!(
            "expected the module to be refused ({message}), got {}",
            describe(&error)
        ))),
        Ok(_) => Err(failed(format!(
            "expected the module to be refused ({message}), it was accepted"
        ))),
    }
}

fn expect_trap(result: Result<Vec<Val>, Error>, message: &str) -> Done {
    let error = match result {
        Err(error) => error,
        Ok(results) => {
            let results = describe_vals(&results);
            return Err(failed(format!("expected trap {message:?}, got {results}")));
        }
    };
    match error.trap() {
        // Scripts may say more, as in "uninitialized element 2".
        Some(trap) if trap.message().contains(message) || message.starts_with(trap.message()) => {
            Ok(())
        }
        _ => Err(failed(format!(
            "expected trap {message:?}, got {}",
            describe(&error)
        ))),
    }
}

/// The results of an action, or how it ended; an `Err` if there is no such
/// action.
fn run(modules: &mut Modules, exec: WastExecute<'_>) -> Result<Result<Vec<Val>, Error>, Stop> {
    match exec {
        WastExecute::Invoke(invoke) => call(modules, &invoke),
        WastExecute::Wat(module) => {
            let binary = encode(&mut QuoteWat::Wat(module))?;
            let module = modules.compile(binary)?;
            Ok(modules.try_instantiate(&module).map(|_| Vec::new()))
        }
        WastExecute::Get { module, global, .. } => {
            let instance = modules.instance(module)?;
            let cell = instance.get_global(&modules.store, global);
            let cell = cell.ok_or_else(|| failed(format!("there is no global {global:?}")))?;
            Ok(Ok(vec![cell.get(&modules.store)]))
        }
    }
}

fn call(modules: &mut Modules, invoke: &WastInvoke<'_>) -> Result<Result<Vec<Val>, Error>, Stop> {
    let module: Option<Id<'_>> = invoke.module;
    let instance = modules.instance(module)?;
    let args = invoke.args.iter();
    let args = args.map(|arg| argument(&mut modules.store, arg));
    let args = args.collect::<Result<Vec<_>, _>>()?;
    Ok(modules.invoke(instance, invoke.name, &args))
}

/// The binary of a module.
fn encode(source: &mut QuoteWat<'_>) -> Result<Vec<u8>, Stop> {
    if matches!(
        source,
        QuoteWat::Wat(Wat::Component(_)) | QuoteWat::QuoteComponent(..)
    ) {
        return Err(Stop::Skipped("components are not supported"));
    }
    source
        .encode()
        .map_err(|error| failed(format!("the module's text is refused: {}", error.message())))
}

fn failed(message: impl Into<String>) -> Stop {
    Stop::Failed(message.into())
}

/// What kind of error, and its first line: a trap's stack is not shown.
fn describe(error: &Error) -> String {
    let kind = match error {
        Error::Trap(_) => "trap",
        Error::Exception(_) => "exception",
        Error::Interrupted(..) => "interruption",
        Error::Invalid(_) => "refusal",
        Error::Link(_) => "link error",
        _ => "error",
    };
    let text = match error {
        Error::Trap(info) => info.trap.to_string(),
        Error::Exception(exception) => exception.trap_info().trap.to_string(),
        other => other.to_string(),
    };
    format!("{kind} {text:?}")
}

impl From<String> for Stop {
    fn from(message: String) -> Self {
        Stop::Failed(message)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Failed(format!("got {}", describe(&error)))
    }
}
