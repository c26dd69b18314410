//! Runs a guest, again and again if need be.

use crate::driver::{After, Driver};
use crate::face::{End, Face, Move};
use crate::output::GuestOutput;
use crate::place::{Place, PlaceError};
use crate::program::Program;
use fossor::wasi::{TraceCall, WasiCtx};
use fossor::{Error, InstancePre, Limits, Outcome, Stopped, Store};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Makes the context of each of the guest's runs, whose streams are those of the
/// output. It calls what it is given before it adds layers of its own.
pub type MakeContext =
    dyn FnMut(&GuestOutput, &mut Watch<'_>) -> Result<WasiCtx, Box<dyn std::error::Error>>;

/// Has a session see the calls in a context.
pub type Watch<'w> = dyn FnMut(&mut WasiCtx) + 'w;

/// What is to be debugged.
pub struct Guest {
    /// The module, with its imports found. The engine must be one for debuggers.
    pub pre: InstancePre<WasiCtx>,
    /// Makes what it gets.
    pub context: Box<MakeContext>,
    /// Whether each run gets the same answers: it is a recording's.
    pub is_replayed: bool,
    /// Bounds on it.
    pub limits: Limits,
}

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// There is no program to run.
    #[error(transparent)]
    Guest(#[from] Error),
    /// What it gets cannot be had.
    #[error("{0}")]
    Context(String),
}

/// A guest that is debugged.
pub struct Session {
    guest: Guest,
    driver: Arc<Mutex<Driver>>,
    output: GuestOutput,
}

impl Session {
    /// A session in which nothing has happened.
    pub fn new(guest: Guest, face: impl Face + 'static) -> Self {
        let program = Arc::new(Program::new(guest.pre.module()));
        let output = GuestOutput::default();
        let driver = Driver::new(program, Box::new(face), output.clone(), guest.is_replayed);
        Self {
            guest,
            driver: Arc::new(Mutex::new(driver)),
            output,
        }
    }

    /// Sets a breakpoint before the guest runs.
    pub fn set_breakpoint(&mut self, place: &Place) -> Result<(), PlaceError> {
        let mut driver = lock(&self.driver);
        driver.breakpoints.set(place, None).map(|_| ())
    }

    /// Runs the guest until the face has enough; gives the status of its last run, if it
    /// ended by itself.
    pub fn run(mut self) -> Result<Option<u32>, SessionError> {
        loop {
            let end = self.run_once()?;
            let mut driver = lock(&self.driver);
            driver.deliver();
            match driver.after.take() {
                Some(After::Again) => continue,
                Some(After::Quit) => return Ok(None),
                None if driver.run_ended(end.steps) => continue,
                None => {}
            }
            let Driver {
                face,
                breakpoints,
                program,
                can_go_back,
                ..
            } = &mut *driver;
            let can_go_back = *can_go_back;
            match face.ended(&end, breakpoints, program) {
                Move::Restart => driver.again_to(0),
                Move::Back(back) if can_go_back => driver.back_from_end(back, end.steps),
                Move::To(steps) if can_go_back && steps < end.steps => driver.again_to(steps),
                _ => return Ok(end.status),
            }
            driver.after = None;
        }
    }

    fn run_once(&mut self) -> Result<End, SessionError> {
        self.output.rewind();
        let (output, driver) = (self.output.clone(), Arc::downgrade(&self.driver));
        let mut watch = |context: &mut WasiCtx| {
            let (output, driver) = (output.clone(), driver.clone());
            context.set_tracer(move |call: &TraceCall<'_>| {
                output.called(call);
                // Told at once: the next call may wait.
                if let Some(driver) = driver.upgrade() {
                    lock(&driver).deliver();
                }
            });
        };
        let context = (self.guest.context)(&self.output, &mut watch)
            .map_err(|error| SessionError::Context(error.to_string()))?;
        let mut store = Store::new(&self.guest.pre.module().engine(), context);
        store.set_limits(self.guest.limits.clone());
        lock(&self.driver).face.begins(store.interrupt_handle());
        let driver = Arc::downgrade(&self.driver);
        Stopped::observe(&mut store, move |stopped| match driver.upgrade() {
            Some(driver) => lock(&driver).paused(stopped),
            None => std::ops::ControlFlow::Break(()),
        });
        let (outcome, store) = self.guest.pre.clone().command(store)?.run_and_keep();
        let steps = store.steps();
        let (status, message) = match &outcome {
            Ok(Outcome::Returned) => (Some(0), "the program has ended".to_owned()),
            Ok(outcome) => {
                let status = outcome.status();
                (
                    Some(status),
                    format!("the program has exited with status {status}"),
                )
            }
            Err(Error::Trap(info)) => (None, format!("the program has trapped: {}", info.trap)),
            Err(error) => (None, error.to_string()),
        };
        Ok(End {
            status,
            message,
            steps,
            can_go_back: self.guest.is_replayed,
        })
    }
}

/// A panic of a face ends the session; until then everything is whole.
fn lock(driver: &Mutex<Driver>) -> MutexGuard<'_, Driver> {
    driver.lock().unwrap_or_else(PoisonError::into_inner)
}
