//! Runs a module in every way, and says where the first of them differs.

use crate::fossor::{self, Run, Until};
use crate::plan::{Callee, Plan, label};
use crate::seen::{End, Seen};
use crate::{Error, Way};
use fossor_interpreter::{Engine, Module};
use fossor_module::WasmFeatures;
use std::fmt;

/// What a comparison found.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Calls that were compared.
    pub calls: usize,
    /// How the last of them ended.
    pub last: Option<End>,
    /// Ways that could not run this module, and why: other engines have other
    /// features.
    pub unable: Vec<(Way, String)>,
    /// The first difference.
    pub difference: Option<Difference>,
}

/// Where one way differs from the reference.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The reference.
    pub reference: Way,
    /// The way that differs.
    pub way: Way,
    /// The call, counted from 0: the first is the making of the instance.
    pub index: usize,
    /// What the reference saw.
    pub expected: Seen,
    /// What the other one saw; nothing if it made no such call.
    pub found: Option<Seen>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { reference, way, .. } = self;
        write!(f, "call {} ({}): ", self.index, self.expected.call)?;
        match &self.found {
            None => write!(f, "{reference} {}, {way} had ended", self.expected.end),
            Some(found) if found.end != self.expected.end => {
                write!(f, "{reference} {}, {way} {}", self.expected.end, found.end)
            }
            Some(found) => match self.expected.state.difference(&found.state) {
                Some(what) => write!(f, "under {reference} {what}: {way}"),
                None => write!(
                    f,
                    "{reference} executed {} operators, {way} {}",
                    self.expected.operators, found.operators
                ),
            },
        }
    }
}

/// Runs `bytes` in every way and compares them with the first, which should be
/// [`Way::Unfused`]. WebAssembly's features are Fossor's defaults. Where wasmi differs
/// and wasmtime, asked after it, does not, the fault is wasmi's.
pub fn compare(bytes: &[u8], plan: &Plan, ways: &[Way]) -> Result<Verdict, Error> {
    let mut verdict = Verdict {
        calls: 0,
        last: None,
        unable: Vec::new(),
        difference: None,
    };
    let Some((&first, others)) = ways.split_first() else {
        return Ok(verdict);
    };
    let expected = own(first, bytes, plan, Until::the_end(plan))?.seen;
    verdict.calls = expected.len();
    verdict.last = expected.last().map(|seen| seen.end.clone());
    // What counts nothing might never end where the reference was stopped.
    let last_is_a_limit = expected.last().is_some_and(|seen| seen.end.is_a_limit());
    let bounded = expected.len() - usize::from(last_is_a_limit);
    // wasmi's word, as long as wasmtime has not been asked.
    let mut doubtful = None;
    for &way in others {
        if bounded == 0 && !way.counts() {
            continue;
        }
        let until = match way.counts() {
            true => Until::the_end(plan),
            false => Until {
                calls: bounded,
                last_fuel: plan.fuel,
            },
        };
        let found = match way.config() {
            Some(_) => own(way, bytes, plan, until)?.seen,
            None => match foreign(way, bytes, plan, bounded) {
                Ok(found) => found,
                Err(Error::Unable { way, reason }) => {
                    verdict.unable.push((way, reason));
                    continue;
                }
                Err(error) => return Err(error),
            },
        };
        match first_difference(first, way, &expected, found) {
            Some(difference) if way == Way::Wasmi && others.contains(&Way::Wasmtime) => {
                doubtful = Some(difference);
            }
            Some(difference) => {
                verdict.difference = Some(difference);
                return Ok(verdict);
            }
            None if way == Way::Wasmtime => {
                if let Some(difference) = doubtful.take() {
                    let reason = format!("wasmtime contradicts it: {difference}");
                    verdict.unable.push((Way::Wasmi, reason));
                }
            }
            None => {}
        }
    }
    verdict.difference = doubtful;
    Ok(verdict)
}

pub(crate) fn own(way: Way, bytes: &[u8], plan: &Plan, until: Until) -> Result<Run, Error> {
    fossor::run(way, bytes, plan, until, &callees(bytes, plan)?)
}

fn first_difference(
    reference: Way,
    way: Way,
    expected: &[Seen],
    found: Vec<Seen>,
) -> Option<Difference> {
    let (counts, own) = (way.counts(), way.config().is_some());
    let mut found = found.into_iter();
    for (index, expected) in expected.iter().enumerate() {
        // Frames are larger or smaller elsewhere, and so is what a stack holds.
        let exhausted = expected.end == End::Exhausted;
        if exhausted || (!counts && expected.end.is_a_limit()) {
            return None;
        }
        let found = found.next();
        if found
            .as_ref()
            .is_some_and(|found| found.end == End::Exhausted)
        {
            return None;
        }
        let alike = found.as_ref().is_some_and(|found| {
            let counted = !counts || found.operators == expected.operators;
            let ended =
                found.end == expected.end || !own && expected.end.may_be_told_as(&found.end);
            counted && ended && found.state == expected.state
        });
        if !alike {
            return Some(Difference {
                reference,
                way,
                index,
                expected: expected.clone(),
                found,
            });
        }
    }
    None
}

fn foreign(way: Way, bytes: &[u8], plan: &Plan, until: usize) -> Result<Vec<Seen>, Error> {
    let features = fossor_module::DecodeOptions::default().features;
    let callees = callees(bytes, plan)?;
    match way {
        #[cfg(feature = "wasmi")]
        Way::Wasmi => crate::wasmi::run(bytes, plan, until, features, &callees),
        #[cfg(feature = "wasmtime")]
        Way::Wasmtime => crate::wasmtime::run(bytes, plan, until, features, &callees),
        other => {
            let _: (&Plan, usize, WasmFeatures, &[Callee]) = (plan, until, features, &callees);
            Err(Error::Missing(other))
        }
    }
}

/// Exported functions with their types, without an instance.
fn callees(bytes: &[u8], plan: &Plan) -> Result<Vec<Callee>, Error> {
    let engine = Engine::default();
    let refused = |error: fossor_interpreter::Error| Error::Refused(error.to_string());
    let mut callees = Vec::new();
    for (linked, bytes) in plan.modules(bytes) {
        let module = Module::new(&engine, bytes).map_err(refused)?;
        let decoded = module.decoded();
        callees.extend(decoded.exports.iter().filter_map(|export| {
            let ty = decoded.func_type(func_of(export)?);
            Some(Callee {
                name: label(linked, &export.name),
                params: ty.params().to_vec(),
            })
        }));
    }
    // `a/b` may be an export of the module's, and the export `b` of one that it is linked
    // to: nobody can call either by it.
    let labels: Vec<_> = callees.iter().map(|callee| callee.name.clone()).collect();
    let is_one = |label: &str| labels.iter().filter(|other| *other == label).count() == 1;
    callees.retain(|callee| is_one(&callee.name));
    Ok(callees)
}

fn func_of(export: &fossor_module::Export) -> Option<u32> {
    (export.kind == fossor_module::ExternKind::Func).then_some(export.index)
}
