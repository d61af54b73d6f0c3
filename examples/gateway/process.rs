//! The service as a process: started, and killed without a warning, or stopped in good order.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::Fault;

/// A process that serves. It is killed when this is dropped.
pub(crate) struct Process {
    child: Child,
    /// Where it serves.
    pub(crate) at: String,
}

impl Process {
    /// Starts it, and waits until it serves. If it ends before, the error is what it said.
    pub(crate) fn start(providers: &str, store: &Path) -> Result<Self, Fault> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["serve", providers]).arg(store);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let mut first = String::new();
        let output = child.stdout.take().ok_or("its output is piped")?;
        BufReader::new(output).read_line(&mut first)?;
        let mut process = Self { child, at: first.trim().to_owned() };
        if process.at.is_empty() {
            return Err(process.end()?.into());
        }
        Ok(process)
    }

    /// SIGKILL: nothing in it gets to write anything any more. Gives what it said on standard error.
    pub(crate) fn kill(mut self) -> Result<String, Fault> {
        self.child.kill()?;
        self.end()
    }

    /// Ends its input, and waits until it has ended in good order.
    pub(crate) fn stop(mut self) -> Result<(), Fault> {
        drop(self.child.stdin.take());
        let status = self.child.wait()?;
        if status.success() { Ok(()) } else { Err(format!("{status}: {}", self.end()?).into()) }
    }

    fn end(&mut self) -> Result<String, Fault> {
        let mut said = String::new();
        if let Some(mut error) = self.child.stderr.take() {
            error.read_to_string(&mut said)?;
        }
        self.child.wait()?;
        Ok(said.trim().to_owned())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended before.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
